//! Lists: made into other lists, searched, put in groups.

use std::sync::{Arc, LazyLock};

use super::argument::{
    A, B, argument, count, function, int, list, list_of, map_of, signature, takes, truth, unlike,
};
use super::{Apply, Builtin, Need, Run, SizeFlow, Trouble};
use crate::base::Name;
use crate::types::{Field, Param, RecordType, Type};
use crate::value::{Record, Value, equal};

pub(super) static ROWS: &[Builtin] = &[
    Builtin {
        name: "map",
        doc: "What a function gives for each element.",
        example: ("map([1, 2, 3], n => n * n)", "[1, 4, 9]"),
        signature: || {
            let each = takes("function", function(A, B), "What is done with an element; pure.");
            signature([the_list(), each], list_of(B))
        },
        needs: &[],
        size: SizeFlow::Same(0),
        run: Run::Apply(|arguments, apply| {
            let given = each(arguments, apply)?;
            Ok(Value::list(given))
        }),
    },
    Builtin {
        name: "filter",
        doc: "The elements for which a condition holds.",
        example: ("filter([1, 2, 3, 4], n => n % 2 == 0)", "[2, 4]"),
        signature: || signature([the_list(), the_test()], list_of(A)),
        needs: &[],
        size: SizeFlow::AtMost(0),
        run: Run::Apply(|arguments, apply| {
            let mut kept = Vec::new();
            for value in list(arguments, 0)? {
                if truth(&apply.apply(argument(arguments, 1), std::slice::from_ref(value))?)? {
                    kept.push(value.clone());
                }
            }
            Ok(Value::list(kept))
        }),
    },
    Builtin {
        name: "any",
        doc: "Whether a condition holds for at least one element; looks no further than the first.",
        example: ("any([1, 2, 3], n => n > 2)", "true"),
        signature: || signature([the_list(), the_test()], Type::Bool),
        needs: &[],
        size: SizeFlow::None,
        run: Run::Apply(|arguments, apply| found(arguments, apply, true)),
    },
    Builtin {
        name: "all",
        doc: "Whether a condition holds for every element; of an empty list it does.",
        example: ("all([1, 2, 3], n => n > 2)", "false"),
        signature: || signature([the_list(), the_test()], Type::Bool),
        needs: &[],
        size: SizeFlow::None,
        run: Run::Apply(|arguments, apply| {
            Ok(Value::Bool(found(arguments, apply, false)? == Value::Bool(false)))
        }),
    },
    Builtin {
        name: "flatten",
        doc: "One list out of a list of lists.",
        example: ("flatten([[1, 2], [], [3]])", "[1, 2, 3]"),
        signature: || signature([takes("lists", list_of(list_of(A)), "The lists.")], list_of(A)),
        needs: &[],
        size: SizeFlow::None,
        run: Run::Pure(|arguments| {
            let mut flat = Vec::new();
            for value in list(arguments, 0)? {
                match value {
                    Value::List(values) => flat.extend_from_slice(values),
                    other => return Err(unlike("a list", other)),
                }
            }
            Ok(Value::list(flat))
        }),
    },
    Builtin {
        name: "unique",
        doc: "The elements, each the first time it occurs.",
        example: (r#"unique(["ebb", "flow", "ebb"])"#, r#"["ebb", "flow"]"#),
        signature: || signature([the_list()], list_of(A)),
        needs: &[(0, Need::Data)],
        size: SizeFlow::AtMost(0),
        run: Run::Pure(|arguments| {
            let mut groups = super::group::Groups::default();
            for value in list(arguments, 0)? {
                groups.place(value);
            }
            Ok(Value::list(groups.into_keys()))
        }),
    },
    Builtin {
        name: "index_of",
        doc: "Where a value stands in a list for the first time, counted from 0; `nothing` where it does not.",
        example: (r#"index_of(["ebb", "flow"], "flow")"#, "1"),
        signature: || signature([the_list(), takes("value", A, "What is looked for.")], Type::Int.optional()),
        needs: &[(0, Need::Data)],
        size: SizeFlow::None,
        run: Run::Pure(|arguments| {
            let wanted = argument(arguments, 1);
            let at = list(arguments, 0)?.iter().position(|value| equal(value, wanted));
            Ok(at.map_or(Value::Nothing, count))
        }),
    },
    Builtin {
        name: "take",
        doc: "The first elements: so many, or all where there are fewer.",
        example: ("take([1, 2, 3], 2)", "[1, 2]"),
        signature: || {
            signature([the_list(), takes("count", Type::Int, "How many at most; not negative.")], list_of(A))
        },
        needs: &[],
        size: SizeFlow::AtMostNumber(0, 1),
        run: Run::Pure(|arguments| {
            let (values, wanted) = (list(arguments, 0)?, int(arguments, 1)?);
            let wanted = u64::try_from(wanted)
                .map_err(|_| Trouble::new(format!("`take` cannot take {wanted} elements")))?;
            let wanted = usize::try_from(wanted).unwrap_or(usize::MAX);
            Ok(Value::list(&values[..wanted.min(values.len())]))
        }),
    },
    Builtin {
        name: "zip",
        doc: "Two lists of one length side by side: records with the fields `first` and `second`.",
        example: (
            r#"zip(["ebb", "flow"], [1, 2])"#,
            r#"[{first: "ebb", second: 1}, {first: "flow", second: 2}]"#,
        ),
        signature: || {
            let second = takes("second", list_of(B), "The other list, as long.");
            signature(
                [takes("first", list_of(A), "The one list."), second],
                list_of(pair([("first", A), ("second", B)])),
            )
        },
        needs: &[],
        size: SizeFlow::Same(0),
        run: Run::Pure(|arguments| {
            let (first, second) = (list(arguments, 0)?, list(arguments, 1)?);
            if first.len() != second.len() {
                let (first, second) = (first.len(), second.len());
                return Err(Trouble::new(format!(
                    "`zip` needs lists of one length, not of {first} and {second}"
                )));
            }
            let pairs = first.iter().zip(second).map(|(a, b)| record(&PAIR, [a.clone(), b.clone()]));
            Ok(Value::list(pairs.collect::<Vec<_>>()))
        }),
    },
    Builtin {
        name: "group_by",
        doc: "The elements that share a key, together: records with the fields `key` and `items`, in the order \
              in which the keys first occur.",
        example: ("group_by([1, 2, 3], n => n % 2)", "[{key: 1, items: [1, 3]}, {key: 0, items: [2]}]"),
        signature: || {
            let key = takes("key", function(A, B), "What elements of one group share; pure.");
            signature([the_list(), key], list_of(pair([("key", B), ("items", list_of(A))])))
        },
        needs: &[(1, Need::Data)],
        size: SizeFlow::AtMost(0),
        run: Run::Apply(|arguments, apply| {
            let keys = each(arguments, apply)?;
            let mut groups = super::group::Groups::default();
            let mut items: Vec<Vec<Value>> = Vec::new();
            for (key, value) in keys.iter().zip(list(arguments, 0)?) {
                let at = groups.place(key);
                if at == items.len() {
                    items.push(Vec::new());
                }
                items[at].push(value.clone());
            }
            let groups = groups.into_keys().into_iter().zip(items);
            let groups = groups.map(|(key, items)| record(&GROUP, [key, Value::list(items)]));
            Ok(Value::list(groups.collect::<Vec<_>>()))
        }),
    },
    Builtin {
        name: "keys",
        doc: "The keys of a map, in the order in which they were put in.",
        example: (r#"keys({"low tide": 1, "high tide": 2} as map[int])"#, r#"["low tide", "high tide"]"#),
        signature: || signature([takes("map", map_of(Type::Unknown), "The map.")], list_of(Type::Text)),
        needs: &[],
        size: SizeFlow::None,
        run: Run::Pure(|arguments| match argument(arguments, 0) {
            Value::Map(map) => {
                Ok(Value::list(map.keys().map(|key| Value::Text(Arc::clone(key))).collect::<Vec<_>>()))
            }
            other => Err(unlike("a map", other)),
        }),
    },
];

/// The parameter that is the list.
pub(super) fn the_list() -> Param {
    takes("list", list_of(A), "The list.")
}

fn the_test() -> Param {
    takes("condition", function(A, Type::Bool), "What must hold of an element; pure.")
}

/// What the function, the second argument, gives for each element of the first.
pub(super) fn each(arguments: &[Value], apply: &mut dyn Apply) -> Result<Vec<Value>, Trouble> {
    let function = argument(arguments, 1);
    list(arguments, 0)?.iter().map(|value| apply.apply(function, std::slice::from_ref(value))).collect()
}

/// Whether the condition, the second argument, is `wanted` for any element of the first.
fn found(arguments: &[Value], apply: &mut dyn Apply, wanted: bool) -> Result<Value, Trouble> {
    for value in list(arguments, 0)? {
        if truth(&apply.apply(argument(arguments, 1), std::slice::from_ref(value))?)? == wanted {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

fn fields(fields: [(&str, Type); 2]) -> RecordType {
    RecordType::anonymous(
        fields
            .into_iter()
            .map(|(name, ty)| Field { name: Name::from(name), doc: String::new(), ty, has_default: false })
            .collect(),
    )
}

fn pair(of: [(&str, Type); 2]) -> Type {
    Type::Record(Arc::new(fields(of)))
}

/// The shapes of the values. What the checker knows of their fields is in the signatures.
static PAIR: LazyLock<Arc<RecordType>> =
    LazyLock::new(|| Arc::new(fields([("first", Type::Unknown), ("second", Type::Unknown)])));
static GROUP: LazyLock<Arc<RecordType>> =
    LazyLock::new(|| Arc::new(fields([("key", Type::Unknown), ("items", list_of(Type::Unknown))])));

fn record(shape: &Arc<RecordType>, values: [Value; 2]) -> Value {
    Record::new(Arc::clone(shape), values.into())
        .map_or(Value::Nothing, |record| Value::Record(Arc::new(record)))
}
