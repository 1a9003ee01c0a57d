//! Numbers.

use super::argument::{A, argument, int, may_take, signature, takes, unlike};
use super::arithmetic::{as_double, is_negative, negate};
use super::decimal::Decimal;
use super::{Builtin, Need, Run, SizeFlow, Trouble};
use crate::types::Type;
use crate::value::{Value, show_number};

pub(super) static ROWS: &[Builtin] = &[
    Builtin {
        name: "abs",
        doc: "A number, amount or duration without its sign.",
        example: ("abs(-3)", "3"),
        signature: || signature([takes("value", A, "The value.")], A),
        needs: &[(0, Need::Added)],
        size: SizeFlow::None,
        run: Run::Pure(|arguments| {
            let value = argument(arguments, 0);
            if is_negative(value) { negate(value) } else { Ok(value.clone()) }
        }),
    },
    Builtin {
        name: "round",
        doc: "A number rounded to so many decimals, halves away from 0: by the digits it shows.",
        example: ("round(2.675, 2)", "2.68"),
        signature: || {
            let decimals = may_take("decimals", Type::Int, "How many decimals, from 0 to 15; 0 if left out.");
            signature([takes("value", Type::Number, "The number."), decimals], Type::Number)
        },
        needs: &[],
        size: SizeFlow::None,
        run: Run::Pure(|arguments| {
            let number = as_double(argument(arguments, 0))
                .ok_or_else(|| unlike("a number", argument(arguments, 0)))?;
            let decimals = match argument(arguments, 1) {
                Value::Nothing => 0,
                _ => int(arguments, 1)?,
            };
            let known = u32::try_from(decimals).ok().filter(|decimals| *decimals <= 15);
            let known = known
                .ok_or_else(|| Trouble::new(format!("`round` knows 0 to 15 decimals, not {decimals}")))?;
            let rounded = Decimal::of(number).and_then(|decimal| decimal.round(known)).unwrap_or(number);
            Ok(Value::Number(rounded + 0.0))
        }),
    },
    Builtin {
        name: "int",
        doc: "A text read as a whole number, or a number without its decimals; fails where that is not possible.",
        example: (r#"int("42") + int(2.9)"#, "44"),
        signature: || {
            let value = Type::union([Type::Int, Type::Number, Type::Text]);
            signature([takes("value", value, "A text such as `\"42\"`, or a number.")], Type::Int)
        },
        needs: &[],
        size: SizeFlow::None,
        run: Run::Pure(|arguments| whole(argument(arguments, 0))),
    },
    Builtin {
        name: "number",
        doc: "A text read as a number, an int as a number, or an amount of money in dollars; fails where that is not \
              possible.",
        example: (r#"number("0.5") + 1"#, "1.5"),
        signature: || {
            let value = Type::union([Type::Number, Type::Int, Type::Text, Type::Money]);
            signature(
                [takes("value", value, "A text such as `\"0.5\"`, a number or an amount.")],
                Type::Number,
            )
        },
        needs: &[],
        size: SizeFlow::None,
        run: Run::Pure(|arguments| number(argument(arguments, 0))),
    },
];

#[allow(clippy::cast_possible_truncation)]
fn whole(value: &Value) -> Result<Value, Trouble> {
    const BEYOND: f64 = 9_223_372_036_854_775_808.0; // 2^63
    match value {
        Value::Int(_) => Ok(value.clone()),
        Value::Number(number) if *number >= -BEYOND && *number < BEYOND => Ok(Value::Int(*number as i64)),
        Value::Number(number) => {
            Err(Trouble::shape(format!("{} is more than an int can hold", show_number(*number))))
        }
        Value::Text(text) => text.trim().parse().map(Value::Int).map_err(|_| misread(text, "int")),
        other => Err(unlike("a text or a number", other)),
    }
}

fn number(value: &Value) -> Result<Value, Trouble> {
    match value {
        Value::Text(text) => match text.trim().parse::<f64>() {
            // `inf` and `nan` are read by Rust and are no numbers of the language.
            Ok(number) if number.is_finite() => Ok(Value::Number(number)),
            _ => Err(misread(text, "number")),
        },
        Value::Money(money) => {
            let shown = money.to_string().replace('$', "");
            shown.parse().map(Value::Number).map_err(|_| misread(&shown, "number"))
        }
        other => as_double(other).map(Value::Number).ok_or_else(|| unlike("a text or a number", other)),
    }
}

fn misread(text: &str, kind: &str) -> Trouble {
    let short: String = text.chars().take(60).collect();
    let more = if short.len() < text.len() { "…" } else { "" };
    Trouble::shape(format!("\"{short}{more}\" can't be read as {kind}"))
}
