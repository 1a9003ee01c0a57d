//! What is neither text nor list nor number.

use super::argument::{A, argument, list_of, may_take, signature, takes, unlike};
use super::{Builtin, Run, SizeFlow};
use crate::types::Type;
use crate::value::Value;

pub(super) static ROWS: &[Builtin] = &[
    // The checker takes the name of a closed type (literals, a union of literals, `bool`), never a value;
    // what it gives has that type's values in written order, so its size is known.
    Builtin {
        name: "values",
        doc: "All values of a closed type, in written order.",
        example: ("values(bool)", "[true, false]"),
        signature: || signature([takes("type", A, "A union of literals, or `bool`.")], list_of(A)),
        needs: &[],
        size: SizeFlow::None,
        run: Run::Special,
    },
    Builtin {
        name: "name",
        doc: "The name that an instrument was declared under.",
        example: ("name(human())", r#""human""#),
        signature: || signature([takes("instrument", Type::Instrument, "The instrument.")], Type::Text),
        needs: &[],
        size: SizeFlow::None,
        run: Run::Pure(|arguments| match argument(arguments, 0) {
            Value::Instrument(instrument) => Ok(Value::text(&instrument.name)),
            Value::Function(_) => Ok(Value::text("function")),
            other => Err(unlike("an instrument", other)),
        }),
    },
    // The checker demands a text without holes for the name of `env` and `secret`: what is asked for must
    // be known before the run.
    Builtin {
        name: "env",
        doc: "An environment variable as it was when the run started; fails where it is not set and no default is given.",
        example: (r#"env("SITE", "example.com")"#, ""),
        signature: || {
            let default = may_take("default", Type::Text, "What it is where it is not set.");
            signature([takes("name", Type::Text, "Its name, without holes."), default], Type::Text)
        },
        needs: &[],
        size: SizeFlow::None,
        run: Run::Special,
    },
    Builtin {
        name: "secret",
        doc: "A secret by its name, read from the environment; for an instrument's settings and the headers of \
              requests only.",
        example: (r#"secret("API_KEY")"#, ""),
        signature: || signature([takes("name", Type::Text, "Its name, without holes.")], Type::Secret),
        needs: &[],
        size: SizeFlow::None,
        run: Run::Special,
    },
];
