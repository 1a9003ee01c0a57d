//! What each rule of the grammar is called in messages.

use super::grammar::Rule;

/// How much a label says where others could be said, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// May stand there.
    Strong,
    /// May stand there after nearly anything, so it tells little.
    Weak,
}

/// What a rule is called in messages: a phrase with its article, or the token in backquotes.
#[rustfmt::skip]
pub(super) fn label(rule: Rule) -> &'static str {
    match rule {
        Rule::statement_entry | Rule::statements | Rule::let_statement | Rule::require_statement
        | Rule::say_statement | Rule::wait_statement | Rule::seat_statement | Rule::seat_head
        | Rule::expect_statement | Rule::expect_head | Rule::kw_let | Rule::kw_require | Rule::kw_wait
        | Rule::kw_say => "a statement",
        Rule::expression_entry | Rule::expression_statement | Rule::expression | Rule::guard
        | Rule::bare_expression | Rule::primary | Rule::list | Rule::paren | Rule::record | Rule::if_form
        | Rule::match_form | Rule::for_form | Rule::repeat_form | Rule::together_form | Rule::limit_form
        | Rule::vouch_form | Rule::fail_form | Rule::stop_form | Rule::return_form | Rule::stop_with
        | Rule::kw_stop | Rule::return_with | Rule::kw_return | Rule::kw_match | Rule::kw_for
        | Rule::kw_repeat | Rule::kw_fail | Rule::kw_limit | Rule::kw_vouch | Rule::kw_true | Rule::kw_false
        | Rule::kw_nothing => "an expression",
        Rule::used | Rule::defined_type | Rule::binder | Rule::word | Rule::name => "a name",
        Rule::path => "a path",
        Rule::param | Rule::role => "a parameter",
        Rule::clause | Rule::by_clause | Rule::using_clause | Rule::from_clause | Rule::ensure_clause
        | Rule::retry_clause | Rule::within_clause | Rule::turns_clause | Rule::otherwise_clause
        | Rule::quorum_clause | Rule::prefill_clause | Rule::stdin_clause | Rule::kw_using | Rule::kw_from
        | Rule::kw_ensure | Rule::kw_fresh | Rule::kw_prefill | Rule::kw_stdin | Rule::kw_quorum
        | Rule::kw_reads | Rule::kw_acts => "a clause",
        Rule::late_text | Rule::kw_system | Rule::kw_user | Rule::kw_assistant => "the text of the part",
        Rule::typed | Rule::type_expression | Rule::type_member | Rule::part_type | Rule::list_type
        | Rule::map_type | Rule::paren_type | Rule::literal_type | Rule::named_type | Rule::type_name
        | Rule::type_arguments | Rule::kw_map | Rule::kw_part_type => "a type",
        Rule::size => "a size",
        Rule::field_type => "a field",
        Rule::block => "a block",
        Rule::infix | Rule::word_infix | Rule::word_tail | Rule::is_tail | Rule::as_tail
        | Rule::otherwise_tail | Rule::op_pipe | Rule::op_coalesce | Rule::op_or | Rule::op_and
        | Rule::op_equal | Rule::op_not_equal | Rule::op_less_equal | Rule::op_less | Rule::op_greater_equal
        | Rule::op_greater | Rule::op_not_in | Rule::op_in | Rule::op_plus | Rule::op_minus | Rule::op_times
        | Rule::op_divide | Rule::op_remainder | Rule::op_but => "an operator",
        Rule::on_head | Rule::kind => "a kind of failure",
        Rule::suffix | Rule::kw_by | Rule::kw_within | Rule::kw_retry => "a suffix",
        Rule::amount | Rule::money => "an amount",
        Rule::argument | Rule::label => "an argument",
        Rule::entry | Rule::key => "a key",
        Rule::arm => "an arm",
        Rule::carried => "a carried value",
        Rule::pattern | Rule::pattern_atom | Rule::type_pattern | Rule::built_in_type | Rule::capital_type
        | Rule::any => "a pattern",
        Rule::short_text | Rule::long_text | Rule::raw_text | Rule::raw_long_text | Rule::plain_text
        | Rule::quote | Rule::long_quote => "a text",
        Rule::inner_quote | Rule::long_close | Rule::short_chars | Rule::long_chars | Rule::escape
        | Rule::hole => "the end of the text",
        Rule::numeric => "a number",
        Rule::reserved => "a reserved word",
        Rule::EOI => "the next item",
        Rule::WHITESPACE | Rule::path_char | Rule::type_primary | Rule::statement | Rule::arrow_body
        | Rule::arrow_body_bare | Rule::record_head | Rule::prefix | Rule::tail | Rule::bare_tail
        | Rule::kind_end | Rule::operand | Rule::atom | Rule::form | Rule::form_word | Rule::if_chain
        | Rule::value_here | Rule::infix_word | Rule::text | Rule::word_char | Rule::blank => "an expression",
        Rule::use_entry | Rule::use_item | Rule::kw_use | Rule::type_entry | Rule::type_item | Rule::kw_type
        | Rule::instrument_entry | Rule::instrument_item | Rule::kw_instrument | Rule::part_entry
        | Rule::part_item | Rule::kw_part | Rule::movement_entry | Rule::movement_item | Rule::kw_movement
        | Rule::test_entry | Rule::test_item | Rule::kw_test | Rule::generics | Rule::l_angle | Rule::depth
        | Rule::kw_up_to | Rule::params | Rule::call | Rule::l_paren | Rule::returns | Rule::arrow
        | Rule::condition | Rule::kw_where | Rule::record_type | Rule::l_brace | Rule::kw_together
        | Rule::index | Rule::l_bracket | Rule::field | Rule::dot | Rule::every | Rule::kw_every
        | Rule::leave_if | Rule::kw_if | Rule::kw_else | Rule::kw_in | Rule::kw_otherwise | Rule::kw_is
        | Rule::kw_as | Rule::kw_not | Rule::kw_thinks | Rule::kw_turns | Rule::kw_deep | Rule::kw_with
        | Rule::r_paren | Rule::r_bracket | Rule::r_brace | Rule::r_angle | Rule::comma | Rule::colon
        | Rule::semicolon | Rule::dot_dot | Rule::bar | Rule::equals | Rule::fat_arrow | Rule::optional
        | Rule::minus => token(rule),
    }
}

/// What a rule that is or begins with one token is called.
#[rustfmt::skip]
fn token(rule: Rule) -> &'static str {
    match rule {
        Rule::use_entry | Rule::use_item | Rule::kw_use => "`use`",
        Rule::type_entry | Rule::type_item | Rule::kw_type => "`type`",
        Rule::instrument_entry | Rule::instrument_item | Rule::kw_instrument => "`instrument`",
        Rule::part_entry | Rule::part_item | Rule::kw_part => "`part`",
        Rule::movement_entry | Rule::movement_item | Rule::kw_movement => "`movement`",
        Rule::test_entry | Rule::test_item | Rule::kw_test => "`test`",
        Rule::generics | Rule::l_angle => "`<`",
        Rule::depth | Rule::kw_up_to => "`up to`",
        Rule::params | Rule::call | Rule::l_paren => "`(`",
        Rule::returns | Rule::arrow => "`->`",
        Rule::condition | Rule::kw_where => "`where`",
        Rule::record_type | Rule::l_brace => "`{`",
        Rule::kw_together => "`together`",
        Rule::index | Rule::l_bracket => "`[`",
        Rule::field | Rule::dot => "`.`",
        Rule::every | Rule::kw_every => "`every`",
        Rule::leave_if | Rule::kw_if => "`if`",
        Rule::kw_else => "`else`",
        Rule::kw_in => "`in`",
        Rule::kw_otherwise => "`otherwise`",
        Rule::kw_is => "`is`",
        Rule::kw_as => "`as`",
        Rule::kw_not => "`not`",
        Rule::kw_thinks => "`thinks`",
        Rule::kw_turns => "`turns`",
        Rule::kw_deep => "`deep`",
        Rule::kw_with => "`with`",
        Rule::r_paren => "`)`",
        Rule::r_bracket => "`]`",
        Rule::r_brace => "`}`",
        Rule::r_angle => "`>`",
        Rule::comma => "`,`",
        Rule::colon => "`:`",
        Rule::semicolon => "`;`",
        Rule::dot_dot => "`..`",
        Rule::bar => "`|`",
        Rule::equals => "`=`",
        Rule::fat_arrow => "`=>`",
        Rule::optional => "`?`",
        Rule::minus => "`-`",
        _ => "a sign",
    }
}

/// How much it tells that a label was expected.
pub(super) fn weight(label: &str) -> Weight {
    match label {
        "an operator" | "a suffix" | "`.`" | "`=>`" | "`?`" | "`|`" | "`..`" | "`where`" => Weight::Weak,
        _ => Weight::Strong,
    }
}
