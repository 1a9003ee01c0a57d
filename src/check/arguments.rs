//! Which argument goes to which parameter.

use super::CallError;
use super::Passed;
use super::checker::Checker;
use super::record::listed;
use crate::base::{Help, Span, did_you_mean};
use crate::syntax::ast::Argument;
use crate::types::{Param, Signature, Type};

/// A call as far as its arguments are concerned.
pub(super) struct Callable<'c> {
    /// Its name.
    pub name: &'c str,
    /// What it takes.
    pub signature: &'c Signature,
    /// Where what is missing is missing: the whole call.
    pub span: Span,
    /// What stands left of the `|>`, if anything.
    pub piped: Option<Span>,
}

/// What a call passes.
pub(super) struct Bound {
    /// For each parameter.
    pub passed: Vec<Passed>,
    /// For each argument its parameter, if it has one.
    pub params: Vec<Option<usize>>,
}

impl Checker<'_> {
    /// Puts arguments to parameters: those with names first to theirs, the others in order.
    pub(super) fn bind(&mut self, call: &Callable<'_>, arguments: &[Argument]) -> Bound {
        let params = &call.signature.params;
        let mut given: Vec<Option<(Passed, Span)>> = vec![None; params.len()];
        let mut bound = vec![None; arguments.len()];
        for (at, argument) in arguments.iter().enumerate() {
            let Some(name) = &argument.name else { continue };
            match params.iter().position(|param| param.name == name.name && !param.rest) {
                None => self.unknown_argument(call, name),
                Some(param) => {
                    if let Some((_, first)) = &given[param] {
                        let first = *first;
                        self.doubled_argument(call, &params[param], name.span, first);
                    } else {
                        given[param] = Some((Passed::Argument(at), name.span));
                        bound[at] = Some(param);
                    }
                }
            }
        }
        self.in_order(call, arguments, &mut given, &mut bound);
        let missing: Vec<&str> = params
            .iter()
            .zip(&given)
            .filter(|(param, given)| given.is_none() && !param.optional && !param.rest)
            .map(|(param, _)| &*param.name)
            .collect();
        // A parameter that is missing beside a name that means none is most likely the one that was meant.
        let mistaken =
            |(argument, bound): (&Argument, &Option<usize>)| argument.name.is_some() && bound.is_none();
        if !missing.is_empty() && !arguments.iter().zip(&bound).any(mistaken) {
            self.report(CallError::MissingArgument {
                many: missing.len() > 1,
                missing: listed(&missing),
                callee: call.name.to_owned(),
                signature: show_signature(call.name, call.signature),
                span: call.span,
            });
        }
        let passed = given.into_iter().zip(params).map(|(given, param)| match given {
            Some((passed, _)) => passed,
            None if param.rest => Passed::Rest(Vec::new()),
            None => Passed::Default,
        });
        Bound { passed: passed.collect(), params: bound }
    }

    /// Arguments without names, and what is piped, in order.
    fn in_order(
        &mut self,
        call: &Callable<'_>,
        arguments: &[Argument],
        given: &mut [Option<(Passed, Span)>],
        bound: &mut [Option<usize>],
    ) {
        let params = &call.signature.params;
        let mut next = 0;
        let mut surplus = false;
        if let Some(span) = call.piped {
            match given.first() {
                Some(Some((_, first))) => {
                    let first = *first;
                    self.doubled_argument(call, &params[0], span, first);
                }
                Some(None) => given[0] = Some((Passed::Piped, span)),
                None => {
                    self.surplus(call, span);
                    surplus = true;
                }
            }
            next = 1;
        }
        for (at, argument) in arguments.iter().enumerate().filter(|(_, argument)| argument.name.is_none()) {
            while given
                .get(next)
                .is_some_and(|given| matches!(given, Some((Passed::Argument(_) | Passed::Piped, _))))
            {
                next += 1;
            }
            let Some(param) = params.get(next) else {
                if !surplus {
                    self.surplus(call, argument.value.span);
                }
                surplus = true;
                continue;
            };
            bound[at] = Some(next);
            if param.rest {
                match &mut given[next] {
                    Some((Passed::Rest(all), _)) => all.push(at),
                    other => *other = Some((Passed::Rest(vec![at]), argument.value.span)),
                }
            } else {
                given[next] = Some((Passed::Argument(at), argument.value.span));
                next += 1;
            }
        }
    }

    fn surplus(&mut self, call: &Callable<'_>, span: Span) {
        let count = call.signature.params.len();
        self.report(CallError::TooManyArguments {
            callee: call.name.to_owned(),
            takes: match count {
                0 => String::from("no arguments"),
                1 => String::from("one argument"),
                _ => format!("{count} arguments"),
            },
            signature: show_signature(call.name, call.signature),
            span,
        });
    }

    fn doubled_argument(&mut self, call: &Callable<'_>, param: &Param, span: Span, first: Span) {
        self.report(CallError::DoubledArgument {
            callee: call.name.to_owned(),
            name: param.name.to_string(),
            signature: show_signature(call.name, call.signature),
            span,
            first,
        });
    }

    fn unknown_argument(&mut self, call: &Callable<'_>, name: &crate::syntax::ast::Ident) {
        let names = call.signature.params.iter().map(|param| &*param.name);
        let signature = show_signature(call.name, call.signature);
        let elsewhere = ELSEWHERE.iter().find(|(there, here)| {
            **there == *name.name && call.signature.params.iter().any(|param| *param.name == **here)
        });
        let meant = elsewhere.map(|(_, here)| *here);
        let help = match meant.or_else(|| did_you_mean(&name.name, names)) {
            Some(meant) => Help::new(format!("Did you mean `{meant}:`? It is called like this: {signature}"))
                .replacing(name.span, meant),
            None => format!("It is called like this: {signature}").into(),
        };
        let error = CallError::UnknownArgument {
            callee: call.name.to_owned(),
            name: name.name.to_string(),
            help,
            span: name.span,
        };
        self.report(error);
    }
}

/// What settings are called elsewhere, and here.
const ELSEWHERE: &[(&str, &str)] = &[
    ("api_key", "key"),
    ("apiKey", "key"),
    ("token", "key"),
    ("model_name", "model"),
    ("api_base", "base_url"),
    ("baseURL", "base_url"),
    ("url", "base_url"),
    ("endpoint", "base_url"),
    ("max_completion_tokens", "max_tokens"),
    ("maxTokens", "max_tokens"),
    ("system", "persona"),
    ("system_prompt", "persona"),
    ("reasoning_effort", "effort"),
    ("topP", "top_p"),
    ("concurrency", "at_once"),
    ("max_concurrency", "at_once"),
    ("rpm", "per_minute"),
];

/// `draft(topic: text, tone: text = …) -> text`
pub(super) fn show_signature(name: &str, signature: &Signature) -> String {
    let long = signature.params.len() > 6;
    let shown = signature.params.iter().filter(|param| !long || !param.optional || param.rest);
    let params = shown.map(|param| {
        let Param { name, ty, .. } = param;
        match () {
            () if param.rest => format!("{name}: {ty}, …"),
            () if param.optional && !super::fits::admits_nothing(ty) => format!("{name}: {ty} = …"),
            () => format!("{name}: {ty}"),
        }
    });
    let mut params = params.collect::<Vec<_>>().join(", ");
    if long {
        let names: Vec<&str> =
            signature.params.iter().filter(|param| param.optional).map(|param| &*param.name).collect();
        params.push_str(", …");
        return format!("`{name}({params})`; by name: {}", names.join(", "));
    }
    match &signature.returns {
        Type::Nothing => format!("`{name}({params})`"),
        returns => format!("`{name}({params}) -> {returns}`"),
    }
}
