//! A compact rendering of the tree, for tests: S-expressions without places and identities.

use std::fmt::Write as _;

use crate::base::on_deep_stack;

use super::{
    Arm, BinaryOp, Block, Clause, ClauseKind, Condition, Expr, ExprKind, Field, File, Ident, Item, ItemKind,
    LiteralType, Param, ParamRole, Pattern, PatternKind, Prompt, Role, SeatSpace, Size, Statement,
    StatementKind, Suffix, Text, TextPiece, TypeExpr, TypeKind, Typed, UnaryOp, Use,
};

/// All items, one a line.
#[must_use]
pub fn show_file(file: &File) -> String {
    on_deep_stack(|| {
        let mut out = String::new();
        if !file.doc.is_empty() {
            let _ = writeln!(out, "(doc {:?})", file.doc);
        }
        for item in &file.items {
            out.push_str(&show_item(item));
            out.push('\n');
        }
        out
    })
}

/// All of them, a blank before each.
fn each<T>(all: &[T], show: impl Fn(&T) -> String) -> String {
    all.iter().fold(String::new(), |out, one| out + " " + &show(one))
}

/// One item.
fn show_item(item: &Item) -> String {
    let doc = show_doc(&item.doc);
    match &item.kind {
        ItemKind::Use(used) => show_use(used),
        ItemKind::Type(ty) => {
            format!("(type{doc} {}{} {})", ty.name.name, generics(&ty.generics), show_typed(&ty.body))
        }
        ItemKind::Instrument(instrument) => {
            let params = instrument.params.as_deref().map(show_params).unwrap_or_default();
            format!("(instrument{doc} {}{params} {})", instrument.name.name, show_expr(&instrument.value))
        }
        ItemKind::Part(part) => {
            let returns =
                part.returns.as_ref().map(|ty| format!(" -> {}", show_typed(ty))).unwrap_or_default();
            let clauses = each(&part.clauses, show_clause);
            let head = format!("{}{}{}", part.name.name, generics(&part.generics), show_params(&part.params));
            format!("(part{doc} {head}{returns}{clauses}{})", show_prompt(&part.prompt))
        }
        ItemKind::Movement(movement) => {
            let returns =
                movement.returns.as_ref().map(|ty| format!(" -> {}", show_typed(ty))).unwrap_or_default();
            let thinks = if movement.thinks.is_some() { " thinks" } else { "" };
            let depth = movement
                .depth
                .as_ref()
                .map(|depth| format!(" deep {}", show_expr(depth)))
                .unwrap_or_default();
            let head = format!(
                "{}{}{}",
                movement.name.name,
                generics(&movement.generics),
                show_params(&movement.params)
            );
            format!("(movement{doc} {head}{returns}{thinks}{depth} {})", show_block(&movement.body))
        }
        ItemKind::Test(test) => format!("(test{doc} {} {})", show_text(&test.name), show_block(&test.body)),
    }
}

fn show_use(used: &Use) -> String {
    let alias =
        |alias: &Option<Ident>| alias.as_ref().map(|name| format!(" as {}", name.name)).unwrap_or_default();
    let names = each(&used.names, |(name, other)| format!("{}{}", name.name, alias(other)));
    format!("(use {}{}{names})", used.path, alias(&used.alias))
}

fn show_doc(doc: &str) -> String {
    if doc.is_empty() { String::new() } else { format!(" {doc:?}") }
}

fn generics(names: &[Ident]) -> String {
    if names.is_empty() { String::new() } else { format!("<{}>", idents(names)) }
}

fn idents(names: &[Ident]) -> String {
    names.iter().map(|name| &*name.name).collect::<Vec<_>>().join(" ")
}

fn show_params(params: &[Param]) -> String {
    let shown: Vec<String> = params
        .iter()
        .map(|param| {
            let role = match param.role {
                Some(ParamRole::Content) => "content ",
                Some(ParamRole::Control) => "control ",
                None => "",
            };
            let default =
                param.default.as_ref().map(|value| format!(" = {}", show_expr(value))).unwrap_or_default();
            format!(
                "{role}{}{}: {}{default}",
                param.name.name,
                show_doc(&param.doc),
                show_typed(&param.typed)
            )
        })
        .collect();
    format!("({})", shown.join(", "))
}

fn show_typed(typed: &Typed) -> String {
    format!("{}{}", show_type(&typed.ty), typed.condition.as_ref().map(show_condition).unwrap_or_default())
}

fn show_condition(condition: &Condition) -> String {
    let message =
        condition.message.as_ref().map(|text| format!(" else {}", show_text(text))).unwrap_or_default();
    format!(" where {}{message}", show_expr(&condition.test))
}

/// A type.
fn show_type(ty: &TypeExpr) -> String {
    match &ty.kind {
        TypeKind::Named { module, name, arguments } => {
            let module = module.as_ref().map(|module| format!("{}.", module.name)).unwrap_or_default();
            let arguments =
                if arguments.is_empty() { String::new() } else { format!("<{}>", types(arguments, ", ")) };
            format!("{module}{}{arguments}", name.name)
        }
        TypeKind::List { element, size } => {
            format!("[{}{}]", show_type(element), size.map(show_size).unwrap_or_default())
        }
        TypeKind::Map(of) => format!("map[{}]", show_type(of)),
        TypeKind::Optional(of) => format!("(? {})", show_type(of)),
        TypeKind::Union(members) => format!("(| {})", types(members, " ")),
        TypeKind::Literal(literal) => show_literal(literal),
        TypeKind::Record(fields) => {
            let fields: Vec<String> = fields.iter().map(show_field).collect();
            format!("{{{}}}", fields.join(", "))
        }
        TypeKind::Part { params, returns } => {
            let returns = returns.as_ref().map(|ty| format!(" -> {}", show_type(ty))).unwrap_or_default();
            format!("part({}){returns}", types(params, ", "))
        }
    }
}

fn types(types: &[TypeExpr], between: &str) -> String {
    types.iter().map(show_type).collect::<Vec<_>>().join(between)
}

fn show_size(size: Size) -> String {
    let end = |end: Option<u64>| end.map(|end| end.to_string()).unwrap_or_default();
    if size.min == size.max {
        format!("; {}", end(size.min))
    } else {
        format!("; {}..{}", end(size.min), end(size.max))
    }
}

fn show_literal(literal: &LiteralType) -> String {
    match literal {
        LiteralType::Text(text) => format!("{text:?}"),
        LiteralType::Int(value) => value.to_string(),
        LiteralType::Number(value) => format!("{value:?}"),
        LiteralType::Bool(value) => value.to_string(),
    }
}

fn show_field(field: &Field) -> String {
    let default = field.default.as_ref().map(|value| format!(" = {}", show_expr(value))).unwrap_or_default();
    format!("{}{}: {}{default}", field.name.name, show_doc(&field.doc), show_typed(&field.typed))
}

fn show_clause(clause: &Clause) -> String {
    let one = |word: &str, value: &Expr| format!("({word} {})", show_expr(value));
    match &clause.kind {
        ClauseKind::By(value) => one("by", value),
        ClauseKind::Using(values) => format!("(using {})", exprs(values)),
        ClauseKind::From(value) => one("from", value),
        ClauseKind::Ensure { condition, message } => {
            format!("(ensure {} {})", show_expr(condition), show_text(message))
        }
        ClauseKind::Retry(value) => one("retry", value),
        ClauseKind::Within(values) => format!("(within {})", exprs(values)),
        ClauseKind::Turns(value) => one("turns", value),
        ClauseKind::Otherwise(value) => one("otherwise", value),
        ClauseKind::Quorum(value) => one("quorum", value),
        ClauseKind::Class(class) => format!("({})", format!("{class:?}").to_lowercase()),
        ClauseKind::Fresh => String::from("(fresh)"),
        ClauseKind::Prefill(value) => one("prefill", value),
        ClauseKind::Stdin(value) => one("stdin", value),
    }
}

fn show_prompt(prompt: &Prompt) -> String {
    match prompt {
        Prompt::None => String::new(),
        Prompt::Text(text) => format!(" {}", show_text(text)),
        Prompt::Roles(roles) => each(roles, |(role, _, text)| {
            let role = match role {
                Role::System => "system",
                Role::User => "user",
                Role::Assistant => "assistant",
            };
            format!("({role} {})", show_text(text))
        }),
    }
}

/// A block.
fn show_block(block: &Block) -> String {
    format!("{{{}}}", block.statements.iter().map(show_statement).collect::<Vec<_>>().join("; "))
}

/// A statement.
pub(crate) fn show_statement(statement: &Statement) -> String {
    match &statement.kind {
        StatementKind::Let { name, ty, value } => {
            let ty = ty.as_ref().map(|ty| format!(": {}", show_type(ty))).unwrap_or_default();
            format!("(let {}{ty} {})", name.name, show_expr(value))
        }
        StatementKind::Require { condition, message } => {
            format!("(require {} {})", show_expr(condition), show_text(message))
        }
        StatementKind::Say(value) => format!("(say {})", show_expr(value)),
        StatementKind::Wait(value) => format!("(wait {})", show_expr(value)),
        StatementKind::Expr(value) => show_expr(value),
        StatementKind::Seat { space, name, value } => {
            let space = match space {
                Some(SeatSpace::Part) => " part",
                Some(SeatSpace::Movement) => " movement",
                None => "",
            };
            format!("(seat{space} {} {})", name.name, show_expr(value))
        }
        StatementKind::Expect(value) => format!("(expect {})", show_expr(value)),
    }
}

fn exprs(values: &[Expr]) -> String {
    values.iter().map(show_expr).collect::<Vec<_>>().join(" ")
}

/// A text: its literals quoted, its holes in braces.
fn show_text(text: &Text) -> String {
    let pieces: Vec<String> = text
        .pieces
        .iter()
        .map(|piece| match piece {
            TextPiece::Literal { value, .. } => format!("{value:?}"),
            TextPiece::Hole { value, .. } => format!("{{{}}}", show_expr(value)),
        })
        .collect();
    match pieces.as_slice() {
        [] => String::from("\"\""),
        [only] if text.plain().is_some() => only.clone(),
        _ => format!("(text {})", pieces.join(" ")),
    }
}

/// An expression.
pub(crate) fn show_expr(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Nothing => String::from("nothing"),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::Int(value) => value.to_string(),
        ExprKind::Number(value) => format!("{value:?}"),
        ExprKind::Duration(value) => format!("{value}ms"),
        ExprKind::Money(value) => format!("${value}n"),
        ExprKind::Text(text) => show_text(text),
        ExprKind::Name(name) => name.to_string(),
        ExprKind::List(values) => format!("[{}]", exprs(values)),
        ExprKind::Record(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|entry| {
                    let key = if entry.quoted {
                        format!("{:?}", entry.key.name)
                    } else {
                        entry.key.name.to_string()
                    };
                    format!("{key}: {}", show_expr(&entry.value))
                })
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        ExprKind::Call { callee, arguments } => {
            let arguments = each(arguments, |argument| match &argument.name {
                Some(name) => format!("{}: {}", name.name, show_expr(&argument.value)),
                None => show_expr(&argument.value),
            });
            format!("(call {}{arguments})", show_expr(callee))
        }
        ExprKind::Suffix { target, suffix } => {
            let suffix = match suffix {
                Suffix::By(value) => format!("by {}", show_expr(value)),
                Suffix::Within(values) => format!("within {}", exprs(values)),
                Suffix::Retry(value) => format!("retry {}", show_expr(value)),
            };
            format!("({} {suffix})", show_expr(target))
        }
        ExprKind::Index { target, index } => format!("(index {} {})", show_expr(target), show_expr(index)),
        ExprKind::Slice { target, from, to } => {
            format!(
                "(slice {} {}..{})",
                show_expr(target),
                optional(from.as_deref()),
                optional(to.as_deref())
            )
        }
        ExprKind::Field { target, field } => format!("(. {} {})", show_expr(target), field.name),
        _ => show_joined(expr),
    }
}

/// Operators and what they join.
fn show_joined(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Lambda { params, body } => {
            let params: Vec<&str> = params.iter().map(|(_, name)| &*name.name).collect();
            format!("(=> ({}) {})", params.join(" "), show_expr(body))
        }
        ExprKind::Unary { op: UnaryOp::Not, operand } => format!("(not {})", show_expr(operand)),
        ExprKind::Unary { op: UnaryOp::Minus, operand } => format!("(- {})", show_expr(operand)),
        ExprKind::Binary { op, left, right, .. } => {
            format!("({} {} {})", sign(*op), show_expr(left), show_expr(right))
        }
        ExprKind::Range { from, to } => format!("({}..{})", show_expr(from), show_expr(to)),
        ExprKind::Is { value, ty } => format!("(is {} {})", show_expr(value), show_type(ty)),
        ExprKind::As { value, ty } => format!("(as {} {})", show_expr(value), show_type(ty)),
        ExprKind::But { base, changes } => format!("(but {} {})", show_expr(base), show_expr(changes)),
        ExprKind::Pipe { left, right } => format!("(|> {} {})", show_expr(left), show_expr(right)),
        ExprKind::Otherwise { value, kinds, fallback } => {
            let kinds = if kinds.is_empty() { String::new() } else { format!(" on {}", idents(kinds)) };
            format!("(otherwise{kinds} {} {})", show_expr(value), show_expr(fallback))
        }
        _ => show_form(expr),
    }
}

fn sign(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Multiply => "*",
        BinaryOp::Divide => "/",
        BinaryOp::Remainder => "%",
        BinaryOp::Equal => "==",
        BinaryOp::NotEqual => "!=",
        BinaryOp::Less => "<",
        BinaryOp::LessOrEqual => "<=",
        BinaryOp::Greater => ">",
        BinaryOp::GreaterOrEqual => ">=",
        BinaryOp::In => "in",
        BinaryOp::NotIn => "not-in",
        BinaryOp::And => "and",
        BinaryOp::Or => "or",
        BinaryOp::Coalesce => "??",
    }
}

fn optional(expr: Option<&Expr>) -> String {
    expr.map(show_expr).unwrap_or_default()
}

/// Forms.
fn show_form(expr: &Expr) -> String {
    let tail = |word: &str, value: Option<&Expr>| {
        value.map(|value| format!(" {word}{}", show_expr(value))).unwrap_or_default()
    };
    match &expr.kind {
        ExprKind::If { condition, then, otherwise } => {
            format!("(if {} {}{})", show_expr(condition), show_block(then), tail("", otherwise.as_deref()))
        }
        ExprKind::Match { subject, arms } => {
            let arms = each(arms, |arm| format!("({})", show_arm(arm)));
            format!("(match {}{arms})", show_expr(subject))
        }
        ExprKind::For(form) => {
            let index = form.index.as_ref().map(|(_, name)| format!("{} ", name.name)).unwrap_or_default();
            let together = if form.together.is_some() { " together" } else { "" };
            let condition = tail("if ", form.condition.as_ref());
            let head = format!("{index}{} {}{condition}{together}", form.item.1.name, show_expr(&form.list));
            format!("(for {head} {})", show_block(&form.body))
        }
        ExprKind::Repeat(form) => {
            let carried = each(&form.carried, |carried| {
                let ty = carried.ty.as_ref().map(|ty| format!(": {}", show_type(ty))).unwrap_or_default();
                format!("({}{ty} {})", carried.name.name, show_expr(&carried.start))
            });
            let every = tail("every ", form.every.as_ref());
            let otherwise = tail("else ", form.otherwise.as_ref());
            format!(
                "(repeat {}{every}{carried} {}{otherwise})",
                show_expr(&form.bound),
                show_block(&form.body)
            )
        }
        ExprKind::Together(block) => format!("(together {})", show_block(block)),
        ExprKind::Limit { limits, body } => format!("(limit {} {})", exprs(limits), show_block(body)),
        ExprKind::Block(block) => format!("(block {})", show_block(block)),
        ExprKind::Vouch { value, condition } => {
            format!("(vouch {} {})", show_expr(value), show_expr(condition))
        }
        ExprKind::Fail(value) => format!("(fail {})", show_expr(value)),
        ExprKind::Stop { value, condition } => {
            format!("(stop{}{})", tail("", value.as_deref()), tail("if ", condition.as_deref()))
        }
        ExprKind::Return { value, condition } => {
            format!("(return{}{})", tail("", value.as_deref()), tail("if ", condition.as_deref()))
        }
        _ => String::from("(?)"),
    }
}

fn show_arm(arm: &Arm) -> String {
    let guard = arm.guard.as_ref().map(|guard| format!(" if {}", show_expr(guard))).unwrap_or_default();
    format!("{}{guard} {}", show_pattern(&arm.pattern), show_expr(&arm.body))
}

fn show_pattern(pattern: &Pattern) -> String {
    match &pattern.kind {
        PatternKind::Any => String::from("_"),
        PatternKind::Bind(name) => format!("?{}", name.name),
        PatternKind::Nothing => String::from("nothing"),
        PatternKind::Literal(literal) => show_literal(literal),
        PatternKind::Type { ty, binding } => match binding {
            Some(name) => format!("({} ?{})", show_type(ty), name.name),
            None => format!("({})", show_type(ty)),
        },
        PatternKind::Either(patterns) => {
            format!("(| {})", patterns.iter().map(show_pattern).collect::<Vec<_>>().join(" "))
        }
    }
}
