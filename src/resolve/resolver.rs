//! Walks a program and notes what each name means.

use std::collections::{HashMap, HashSet};

use super::guess;
use super::import::Imports;
use super::item::item_name;
use super::known;
use super::scope::{Local, Scopes};
use super::unused::Usage;
use super::{ItemId, ItemPlace, Meaning, ResolveError, Resolved};
use crate::base::{Help, Name, NodeId, SourceMap, Span, on_deep_stack};
use crate::instrument::Backend;
use crate::load::{Program, Prompt};
use crate::syntax::ast;
use crate::{builtin, types};

/// At most so many errors are worked out.
const MOST: usize = 100;

/// At most so many names are compared with misspelt ones, so that big programs are not slow to refuse.
const COMPARED: usize = 300_000;

/// Says what all names of a program mean. Always gives what it found out, with every error in source
/// order; where a name has none, its meaning is absent.
pub fn resolve(program: &Program, constructors: &[&'static dyn Backend]) -> (Resolved, Vec<ResolveError>) {
    let mut resolver = Resolver {
        sources: &program.sources,
        constructors: constructors.iter().map(|backend| backend.name()).collect(),
        resolved: Resolved::default(),
        modules: Vec::new(),
        at: 0,
        own: None,
        scopes: Scopes::default(),
        blocks: Vec::new(),
        generics: &[],
        in_default: None,
        complained: HashSet::new(),
        errors: Vec::new(),
        missed: None,
        usage: Usage::default(),
        tools: HashMap::new(),
        compared: 0,
        prompt: program.prompt.as_ref(),
    };
    on_deep_stack(|| resolver.program(program));
    let Resolver { resolved, mut errors, missed, .. } = resolver;
    errors.sort_by_key(ResolveError::span);
    if let Some((more, span)) = missed {
        errors.push(ResolveError::TooMany { more, span });
    }
    (resolved, errors)
}

/// What is visible in a whole module.
#[derive(Default)]
pub(super) struct ModuleNames<'a> {
    /// Items by name.
    pub items: HashMap<&'a str, (ItemId, &'a ast::Item)>,
    /// What `use` brings in.
    pub imports: Imports<'a>,
}

/// Walks a program.
pub(super) struct Resolver<'a> {
    sources: &'a SourceMap,
    pub constructors: Vec<&'static str>,
    pub resolved: Resolved,
    pub modules: Vec<ModuleNames<'a>>,
    /// Which module is walked.
    pub at: usize,
    /// The instrument whose value is walked: there, its own name means a constructor.
    pub own: Option<&'a str>,
    pub scopes: Scopes,
    /// Blocks around, innermost last: to find what is named further down.
    pub blocks: Vec<&'a ast::Block>,
    /// Type parameters of the item that is walked.
    pub generics: &'a [ast::Ident],
    /// Parameters that the default which is walked can't use.
    pub in_default: Option<&'a [ast::Param]>,
    /// Names already complained of in this item.
    complained: HashSet<Name>,
    pub errors: Vec<ResolveError>,
    missed: Option<(usize, Span)>,
    pub usage: Usage<'a>,
    /// The tools of MCP instruments by name, by the instrument.
    pub tools: HashMap<ItemId, HashMap<&'a str, ItemId>>,
    /// How many names were compared with misspelt ones.
    compared: usize,
    /// What was entered at a prompt.
    prompt: Option<&'a Prompt>,
}

impl<'a> Resolver<'a> {
    fn program(&mut self, program: &'a Program) {
        for (module, parsed) in program.modules.iter().enumerate() {
            let mut names = ModuleNames::default();
            for (item, written) in parsed.file.items.iter().enumerate() {
                let id = ItemId(u32::try_from(self.resolved.items.len()).unwrap_or(u32::MAX));
                self.resolved.items.push(ItemPlace { module, item });
                // The tools of a server are reached by its instrument only.
                if program.server_of(module).is_none() {
                    self.collect(&mut names, id, written);
                }
            }
            self.modules.push(names);
        }
        self.serve(program);
        for module in 0..program.modules.len() {
            self.import(program, module);
        }
        let written = |(module, _): &(usize, _)| program.server_of(*module).is_none();
        for (module, parsed) in program.modules.iter().enumerate().filter(written) {
            self.at = module;
            for item in &parsed.file.items {
                self.scopes.clear();
                self.complained.clear();
                self.item(item);
            }
        }
        self.unused_imports();
        self.unused_names();
    }

    fn collect(&mut self, names: &mut ModuleNames<'a>, id: ItemId, item: &'a ast::Item) {
        let Some(name) = item_name(item).filter(|_| !self.is_prompt(item)) else { return };
        if known::builtin_type(&name.name).is_some() || types::known().named(&name.name).is_some() {
            let text = name.name.to_string();
            let camel = text.starts_with(char::is_uppercase);
            let instead = if camel { format!("My{text}") } else { format!("my_{text}") };
            self.report(ResolveError::ReservedName { instead, name: text, span: name.span });
            return;
        }
        if let Some((_, first)) = names.items.get(&*name.name) {
            let first = item_name(first).map_or(first.span, |name| name.span);
            self.report(ResolveError::DeclaredTwice { name: name.name.to_string(), span: name.span, first });
            return;
        }
        names.items.insert(&name.name, (id, item));
    }

    /// Whether an item is what was entered at a prompt: it has no name that others could use.
    fn is_prompt(&self, item: &ast::Item) -> bool {
        self.prompt.is_some_and(|prompt| prompt.item == item.id)
    }

    /// What is visible in the whole module.
    pub(super) fn names(&self) -> &ModuleNames<'a> {
        &self.modules[self.at]
    }

    pub(super) fn report(&mut self, error: ResolveError) {
        if self.errors.len() < MOST {
            self.errors.push(error);
        } else {
            let more = self.missed.map_or(0, |(more, _)| more);
            self.missed = Some((more + 1, error.span()));
        }
    }

    /// Notes what the name at this node means, or says that nothing has it.
    pub(super) fn name(&mut self, node: NodeId, name: &Name, span: Span) {
        if let Some(local) = self.scopes.get(name) {
            if let Meaning::Local(named) = local.meaning {
                self.usage.locals.insert(named);
            }
            self.resolved.meanings.set(node, local.meaning);
            return;
        }
        if self.own == Some(name)
            && let Some(constructor) = self.constructor(name)
        {
            self.resolved.meanings.set(node, Meaning::Constructor(constructor));
            return;
        }
        if let Some((id, _)) = self.look(name) {
            self.resolved.meanings.set(node, Meaning::Item(id));
            return;
        }
        if self.names().imports.lost.contains(&**name) {
            return;
        }
        if let Some(constructor) = self.constructor(name) {
            self.resolved.meanings.set(node, Meaning::Constructor(constructor));
        } else if let Some(builtin) = builtin::find(name) {
            self.resolved.meanings.set(node, Meaning::Builtin(builtin));
        } else if let Some(known) = known_record(name) {
            self.resolved.meanings.set(node, Meaning::Known(known));
        } else {
            self.unknown(name, span);
        }
    }

    fn constructor(&self, name: &str) -> Option<&'static str> {
        self.constructors.iter().copied().find(|known| *known == name)
    }

    fn unknown(&mut self, name: &Name, span: Span) {
        if !self.complained.insert(name.clone()) {
            return;
        }
        if self.errors.len() >= MOST {
            self.report(ResolveError::UnknownName { name: name.to_string(), help: None, span });
            return;
        }
        let error = self.unknown_error(name, span);
        self.report(error);
    }

    fn unknown_error(&mut self, name: &Name, span: Span) -> ResolveError {
        let text = name.to_string();
        if known::builtin_type(name).is_some() {
            let help = format!("`{name}` is a type. A value is read into a type with `x as {name}`.");
            let help = guess::module_help(name, self.from(span), span).or(Some(help.into()));
            return ResolveError::UnknownName { name: text, help, span };
        }
        if self.names().imports.modules.contains_key(&*text) {
            let help = format!("`{name}` is a module: write `{name}.` and the name of something in it.");
            let help = Some(help.into());
            return ResolveError::UnknownName { name: text, help, span };
        }
        match &*text {
            "it" => {
                let help = "`it` is the answer in `ensure`, and the value in `where`.";
                return ResolveError::MisplacedWord { name: text, help, span };
            }
            "error" => {
                let help = "`error` is what went wrong, in what stands after `otherwise`.";
                return ResolveError::MisplacedWord { name: text, help, span };
            }
            _ => {}
        }
        if let Some(param) = self.in_default.and_then(|all| all.iter().find(|param| param.name.name == *name))
        {
            let why = String::from("a default can't use other parameters");
            let help = format!("Leave the default out, or make it `nothing` and write `x ?? {name}` inside.");
            return ResolveError::OutOfScope {
                name: text,
                why,
                help: help.into(),
                span,
                named: param.name.span,
            };
        }
        if &**name == "_" {
            let help =
                Help::new("`_` stands where a value gets no name. Give it a name there to use it here.");
            return ResolveError::UnknownName { name: text, help: Some(help), span };
        }
        if let Some(named) = self.further_down(name) {
            let (why, help) = if named.end <= span.start {
                (String::from("its own value can't use it"), String::from("Give the new value another name."))
            } else {
                (String::from("it is named further down"), format!("Move `let {name} = …` above this."))
            };
            return ResolveError::OutOfScope { name: text, why, help: help.into(), span, named };
        }
        if let Some(named) = self.scopes.gone(name) {
            let why = String::from("it is known only inside the braces it was named in");
            let help = String::from("Make it the last expression of those braces, and name what they give.");
            return ResolveError::OutOfScope { name: text, why, help: help.into(), span, named };
        }
        let around = (self.before(span), self.from(span));
        let help = if self.may_guess() { guess::name_help(name, around, span, self.visible()) } else { None };
        ResolveError::UnknownName { name: text, help, span }
    }

    /// The source before a place, from the beginning of its line.
    fn before(&self, span: Span) -> &'a str {
        let before = self
            .sources
            .file_at(span.start)
            .and_then(|file| file.text.get(..(span.start - file.start) as usize));
        before.and_then(|before| before.rsplit('\n').next()).unwrap_or_default()
    }

    /// The source from a place on, to the end of its line.
    fn from(&self, span: Span) -> &'a str {
        let rest = self
            .sources
            .file_at(span.start)
            .and_then(|file| file.text.get((span.start - file.start) as usize..));
        rest.and_then(|rest| rest.lines().next()).unwrap_or_default()
    }

    /// Whether a misspelt name is still compared with all others.
    pub(super) fn may_guess(&mut self) -> bool {
        self.compared += self.names().items.len();
        self.compared <= COMPARED
    }

    fn visible(&self) -> impl Iterator<Item = &str> {
        let mut items: Vec<&str> = self.names().items.keys().copied().collect();
        items.sort_unstable();
        let builtins = builtin::all().map(|builtin| builtin.name);
        self.scopes.names().chain(items).chain(self.constructors.iter().copied()).chain(builtins)
    }

    fn further_down(&self, name: &str) -> Option<Span> {
        self.blocks.iter().rev().find_map(|block| {
            block.statements.iter().find_map(|statement| match &statement.kind {
                ast::StatementKind::Let { name: named, .. } if &*named.name == name => Some(named.span),
                _ => None,
            })
        })
    }

    /// Names a value that is no item and has no namesake around it.
    pub(super) fn define_once(&mut self, node: NodeId, ident: &ast::Ident) {
        if !self.is_item(ident)
            && let Some(first) = self.scopes.get(&ident.name)
            && let Meaning::Local(node) = first.meaning
            && !self.prompt.is_some_and(|prompt| prompt.gives(node))
        {
            let help = format!("A name keeps its value. Choose another one, such as `new_{}`.", ident.name);
            let error = ResolveError::NamedTwice {
                name: ident.name.to_string(),
                help: help.into(),
                span: ident.span,
                first: first.span,
            };
            self.report(error);
        }
        self.define(node, ident);
    }

    /// Complains where a name is that of an item, and says whether it is.
    pub(super) fn is_item(&mut self, ident: &ast::Ident) -> bool {
        let Some((_, item)) = self.names().items.get(&*ident.name) else { return false };
        let (what, word) = super::item::item_word(item);
        let item = self.names().place(&ident.name, item);
        self.report(ResolveError::ShadowsItem {
            name: ident.name.to_string(),
            what,
            word,
            span: ident.span,
            item,
        });
        true
    }

    /// Names a value, whatever else has the name. `_` names nothing: it may stand any number of times.
    pub(super) fn define(&mut self, node: NodeId, ident: &ast::Ident) {
        if &*ident.name == "_" {
            return;
        }
        self.scopes.define(&ident.name, Local { meaning: Meaning::Local(node), span: ident.span });
    }

    /// Gives `it` or `error` its meaning.
    pub(super) fn define_word(&mut self, word: &str, meaning: Meaning, span: Span) {
        self.scopes.define(&Name::from(word), Local { meaning, span });
    }
}

fn known_record(name: &str) -> Option<&'static str> {
    let known = types::known();
    [&known.error, &known.ran, &known.response]
        .into_iter()
        .filter_map(|record| record.name.as_deref())
        .find(|known| *known == name)
}
