//! Faults in calls of tools. A backend passes on whatever can be told from one another: what the tool is, and
//! whether the arguments fit, is judged where the tools are known, and told to the model.

use std::sync::Arc;

use super::{BAD_SHAPE, Fault, Want, fault};
use crate::instrument::{Request, Tool};
use crate::types::{Field, RecordType, Type};

fn with_a_tool(mut request: Request) -> Request {
    let query = Field { name: "query".into(), doc: String::new(), ty: Type::Text, has_default: false };
    let params = Arc::new(RecordType::anonymous(vec![query]));
    request.tools = Arc::from([Tool { name: "search".into(), doc: "Finds pages.".into(), params }]);
    request
}

pub(super) fn all() -> Vec<Fault> {
    type Call = (&'static str, &'static str, &'static str);
    let calls = |name: &'static str, calls: &'static [Call]| {
        let script =
            move |player: &super::Player| player.calls.map(|called| vec![called(calls)]).unwrap_or_default();
        let mut fault =
            fault("N11", name, script, |_| Want::Good).only(|player| player.calls.is_some()).once();
        fault.asks = with_a_tool;
        fault
    };
    const TIDES: Call = ("a", "search", "{\"query\":\"tides\"}");
    const MOON: Call = ("b", "search", "{\"query\":\"the moon\"}");
    let mut unasked = calls("a call where no tool was given", &[TIDES]);
    unasked.asks = |request| request;
    unasked.wants = |_| BAD_SHAPE;
    vec![
        calls("two calls side by side", &[TIDES, MOON]),
        calls("two calls of one name and id", &[TIDES, ("a", "search", "{\"query\":\"the moon\"}")]),
        calls("a call of a tool that is not there", &[("a", "fly", "{}")]),
        calls("arguments that are no JSON", &[("a", "search", "tides, please")]),
        calls("arguments that break off", &[("a", "search", "{\"query\": \"ti")]),
        calls("no arguments at all", &[("a", "search", "")]),
        unasked,
    ]
}
