//! Lists put in order.

use std::cmp::Ordering;

use super::argument::{A, B, function, list, list_of, signature, takes, unlike};
use super::list::{each, the_list};
use super::{Builtin, Need, Run, SizeFlow, Trouble};
use crate::instrument::Class;
use crate::value::{Value, order};

pub(super) static ROWS: &[Builtin] = &[
    Builtin {
        name: "sort",
        doc: "The elements in rising order; equal ones stay as they stand. Texts go by code point.",
        example: ("sort([3, 1, 2])", "[1, 2, 3]"),
        signature: || signature([the_list()], list_of(A)),
        needs: &[(0, Need::Ordered)],
        size: SizeFlow::Same(0),
        run: Run::Pure(|arguments| {
            let values = list(arguments, 0)?;
            sorted(values, values)
        }),
    },
    Builtin {
        name: "sort_by",
        doc: "The elements in rising order of what a function gives for each; equal ones stay as they stand.",
        example: (r#"sort_by(["three", "one"], t => len(t))"#, r#"["one", "three"]"#),
        signature: || signature([the_list(), the_key()], list_of(A)),
        needs: &[(1, Need::Ordered)],
        size: SizeFlow::Same(0),
        run: Run::Apply(|arguments, apply| sorted(list(arguments, 0)?, &each(arguments, apply)?)),
    },
    Builtin {
        name: "reverse",
        doc: "The elements from the last to the first.",
        example: ("reverse([1, 2, 3])", "[3, 2, 1]"),
        signature: || signature([the_list()], list_of(A)),
        needs: &[],
        size: SizeFlow::Same(0),
        run: Run::Pure(|arguments| {
            Ok(Value::list(list(arguments, 0)?.iter().rev().cloned().collect::<Vec<_>>()))
        }),
    },
    Builtin {
        name: "shuffle",
        doc: "The elements in a random order, which the run remembers.",
        example: ("shuffle([1, 2, 3])", ""),
        signature: || signature([the_list()], list_of(A)),
        needs: &[],
        size: SizeFlow::Same(0),
        run: Run::World { instrument: "random", class: Class::Reads },
    },
    Builtin {
        name: "min",
        doc: "The least element, the first of equals; fails where the list is empty.",
        example: ("min([3, 1, 2])", "1"),
        signature: || signature([the_list()], A),
        needs: &[(0, Need::Ordered)],
        size: SizeFlow::None,
        run: Run::Pure(|arguments| {
            let values = list(arguments, 0)?;
            outermost("min", values, values, Ordering::Less)
        }),
    },
    Builtin {
        name: "max",
        doc: "The greatest element, the first of equals; fails where the list is empty.",
        example: ("max([3, 1, 2])", "3"),
        signature: || signature([the_list()], A),
        needs: &[(0, Need::Ordered)],
        size: SizeFlow::None,
        run: Run::Pure(|arguments| {
            let values = list(arguments, 0)?;
            outermost("max", values, values, Ordering::Greater)
        }),
    },
    Builtin {
        name: "max_by",
        doc: "The element for which a function gives most, the first of equals; fails where the list is empty.",
        example: (r#"max_by(["one", "three"], t => len(t))"#, r#""three""#),
        signature: || signature([the_list(), the_key()], A),
        needs: &[(1, Need::Ordered)],
        size: SizeFlow::None,
        run: Run::Apply(|arguments, apply| {
            let keys = each(arguments, apply)?;
            outermost("max_by", list(arguments, 0)?, &keys, Ordering::Greater)
        }),
    },
];

fn the_key() -> crate::types::Param {
    takes("key", function(A, B), "What an element is judged by; pure.")
}

fn ordered(a: &Value, b: &Value) -> Result<Ordering, Trouble> {
    order(a, b).ok_or_else(|| unlike(&format!("something that comes before or after a `{}`", a.kind()), b))
}

/// The values in rising order of their keys, stable.
fn sorted(values: &[Value], keys: &[Value]) -> Result<Value, Trouble> {
    let mut places: Vec<usize> = (0..values.len()).collect();
    // Sorting is sound only where each can be compared with each: those that compare with the first do.
    for key in keys {
        ordered(&keys[0], key)?;
    }
    places.sort_by(|a, b| order(&keys[*a], &keys[*b]).unwrap_or(Ordering::Equal));
    Ok(Value::list(places.into_iter().map(|at| values[at].clone()).collect::<Vec<_>>()))
}

/// The first value whose key is the outermost in this direction.
fn outermost(name: &str, values: &[Value], keys: &[Value], wanted: Ordering) -> Result<Value, Trouble> {
    let mut best = 0;
    for at in 1..keys.len() {
        if ordered(&keys[at], &keys[best])? == wanted {
            best = at;
        }
    }
    values
        .get(best)
        .cloned()
        .ok_or_else(|| Trouble::new(format!("`{name}` of an empty list: there is no such element")))
}
