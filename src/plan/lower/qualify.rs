//! Names of what several modules call alike: the score's own keep theirs, others are named after their module.

use std::collections::{HashMap, HashSet};

use crate::base::{Name, Span};
use crate::load::{Program, module_names};
use crate::plan::Plan;

/// Makes the names of instruments, parts and movements tell modules apart.
pub(super) fn qualify(plan: &mut Plan, program: &Program) {
    if program.modules.len() < 2 {
        return;
    }
    let names = module_names(program);
    let modules: HashMap<u32, usize> =
        program.modules.iter().enumerate().map(|(at, module)| (module.file.source.0, at)).collect();
    let module = |span: Span| {
        let file = program
            .sources
            .files()
            .iter()
            .position(|file| file.span().start <= span.start && span.end <= file.span().end)?;
        modules.get(&u32::try_from(file).ok()?).copied()
    };
    rename(plan.instruments.iter_mut().map(|one| (&mut one.name, one.span)), &module, &names);
    rename(plan.parts.iter_mut().map(|one| (&mut one.name, one.span)), &module, &names);
    rename(plan.movements.iter_mut().map(|one| (&mut one.name, one.span)), &module, &names);
}

fn rename<'a>(
    all: impl Iterator<Item = (&'a mut Name, Span)>,
    module: &dyn Fn(Span) -> Option<usize>,
    names: &[String],
) {
    let all: Vec<(&mut Name, Option<usize>)> = all.map(|(name, span)| (name, module(span))).collect();
    let mut homes: HashMap<Name, HashSet<Option<usize>>> = HashMap::new();
    for (name, home) in &all {
        homes.entry(Name::clone(name)).or_default().insert(*home);
    }
    for (name, home) in all {
        let alone = homes.get(&*name).is_none_or(|homes| homes.len() < 2);
        if let Some(home) = home.filter(|home| *home != 0 && !alone)
            && let Some(module) = names.get(home)
        {
            *name = Name::from(format!("{module}.{name}"));
        }
    }
}
