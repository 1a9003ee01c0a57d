//! One value out of a list.

use super::argument::{A, argument, list, may_take, signature};
use super::arithmetic::add;
use super::list::the_list;
use super::{Builtin, Need, Run, SizeFlow};
use crate::value::Value;

pub(super) static ROWS: &[Builtin] = &[Builtin {
    name: "sum",
    doc: "The elements added up, exactly where they are int, money or duration.",
    example: ("sum([1, 2, 3])", "6"),
    signature: || {
        let start = "What is added to; 0, `$0` or `0s` if left out.";
        signature([the_list(), may_take("start", A, start)], A)
    },
    needs: &[(0, Need::Added)],
    size: SizeFlow::None,
    run: Run::Pure(|arguments| {
        let mut values = list(arguments, 0)?.iter();
        let start = match argument(arguments, 1) {
            Value::Nothing => values.next().cloned().unwrap_or(Value::Int(0)),
            start => start.clone(),
        };
        values.try_fold(start, |sum, value| add(&sum, value))
    }),
}];
