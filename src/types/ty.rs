//! The types themselves.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::Bounds;
use crate::base::Name;

/// A type. Cheap to copy.
#[derive(Clone, PartialEq)]
pub enum Type {
    /// What an expression in error has; fits and takes everything, so that one error stays one.
    Unknown,
    /// What `fail`, `stop` and `return` have: no value at all. Fits everything.
    Never,
    /// `nothing`
    Nothing,
    /// `text`
    Text,
    /// `int`, 64 bits
    Int,
    /// `number`, a double
    Number,
    /// `bool`
    Bool,
    /// `date`
    Date,
    /// `time`: an instant
    Time,
    /// `duration`
    Duration,
    /// `money`: exact
    Money,
    /// `json`: any JSON value
    Json,
    /// `image`
    Image,
    /// `audio`
    Audio,
    /// `video`
    Video,
    /// `file`
    File,
    /// `secret`
    Secret,
    /// `instrument`
    Instrument,
    /// `"calm"`, `3`, `true`
    Literal(Literal),
    /// `[T; 1..5]`
    List(Arc<Type>, Size),
    /// `map[T]`
    Map(Arc<Type>),
    /// `T?`; never nested, never of `nothing`
    Optional(Arc<Type>),
    /// `A | B`: at least two members, flat, without doubles and without `nothing`
    Union(Arc<[Type]>),
    /// A record, named or not
    Record(Arc<RecordType>),
    /// A named type that is not a record: `type Mood = "calm" | "angry"`
    Alias(Arc<Alias>),
    /// `T where …` outside a `type` item: on a field, a parameter or a return type
    Refined(Arc<Type>, Arc<Refinement>),
    /// `part(text) -> T`
    Part(Arc<PartType>),
    /// A generic's parameter, by its place among them
    Variable(u32),
}

/// A literal as a type.
#[derive(Clone, PartialEq, Debug)]
pub enum Literal {
    /// `"calm"`
    Text(Name),
    /// `3`
    Int(i64),
    /// `0.5`
    Number(f64),
    /// `true`
    Bool(bool),
}

/// How many elements a list may have.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Size {
    /// At least this many.
    pub min: u64,
    /// At most this many; `None` for no bound.
    pub max: Option<u64>,
}

impl Size {
    /// Any number of elements.
    pub const ANY: Self = Self { min: 0, max: None };

    /// Whether so many elements are allowed.
    #[must_use]
    pub fn holds(self, len: usize) -> bool {
        let len = len as u64;
        len >= self.min && self.max.is_none_or(|max| len <= max)
    }

    /// Whether every list of size `other` has this size too.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.min <= other.min
            && match (self.max, other.max) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(mine), Some(theirs)) => theirs <= mine,
            }
    }
}

/// A record type. Named ones are equal by identity, anonymous ones by their fields.
pub struct RecordType {
    /// Its name; `None` for the type of `{title: "x"}`.
    pub name: Option<Name>,
    /// Its documentation; empty if none.
    pub doc: String,
    fields: OnceLock<Box<[Field]>>,
    refinement: OnceLock<Arc<Refinement>>,
    template: OnceLock<(Arc<RecordType>, Vec<Type>)>,
    /// Its JSON Schema as text, once that was asked for.
    pub(super) schema: OnceLock<Arc<str>>,
}

impl RecordType {
    /// Says that it is another one with these arguments for its parameters. Only the first call counts.
    pub fn made_from(&self, template: Arc<RecordType>, arguments: Vec<Type>) {
        let _ = self.template.set((template, arguments));
    }

    /// The record type with parameters that it was made from, and with what.
    #[must_use]
    pub fn template(&self) -> Option<(&Arc<RecordType>, &[Type])> {
        self.template.get().map(|(template, arguments)| (template, &arguments[..]))
    }

    /// Whether its fields are known.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.fields.get().is_some()
    }

    /// A named record whose fields are still to come ([`Self::complete`]), so that types may recur.
    #[must_use]
    pub fn named(name: Name, doc: String) -> Self {
        Self {
            name: Some(name),
            doc,
            fields: OnceLock::new(),
            refinement: OnceLock::new(),
            template: OnceLock::new(),
            schema: OnceLock::new(),
        }
    }

    /// The type of a record without a name.
    #[must_use]
    pub fn anonymous(fields: Vec<Field>) -> Self {
        let cell = OnceLock::new();
        let _ = cell.set(fields.into_boxed_slice());
        Self {
            name: None,
            doc: String::new(),
            fields: cell,
            refinement: OnceLock::new(),
            template: OnceLock::new(),
            schema: OnceLock::new(),
        }
    }

    /// Says what fields it has and what must hold of the whole. Only the first call counts.
    pub fn complete(&self, fields: Vec<Field>, refinement: Option<Arc<Refinement>>) {
        let _ = self.fields.set(fields.into_boxed_slice());
        if let Some(refinement) = refinement {
            let _ = self.refinement.set(refinement);
        }
    }

    /// Its fields in written order; none before it is complete.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        self.fields.get().map_or(&[], |fields| fields)
    }

    /// `where` over the whole record.
    #[must_use]
    pub fn refinement(&self) -> Option<&Arc<Refinement>> {
        self.refinement.get()
    }

    /// The place and the field with this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<(usize, &Field)> {
        self.fields().iter().enumerate().find(|(_, field)| &*field.name == name)
    }
}

impl PartialEq for RecordType {
    fn eq(&self, other: &Self) -> bool {
        if self.name.is_some() || other.name.is_some() {
            return std::ptr::eq(self, other);
        }
        self.fields() == other.fields()
    }
}

/// A field of a record type.
#[derive(Clone, PartialEq, Debug)]
pub struct Field {
    /// Its name.
    pub name: Name,
    /// Its documentation; empty if none.
    pub doc: String,
    /// Its type.
    pub ty: Type,
    /// Whether it may be left out because it has a default (or its type admits `nothing`).
    pub has_default: bool,
}

/// A named type that is not a record.
pub struct Alias {
    /// Its name.
    pub name: Name,
    /// Its documentation; empty if none.
    pub doc: String,
    target: OnceLock<Type>,
}

impl Alias {
    /// A name whose meaning is still to come ([`Self::complete`]).
    #[must_use]
    pub fn new(name: Name, doc: String) -> Self {
        Self { name, doc, target: OnceLock::new() }
    }

    /// Says what it stands for. Only the first call counts.
    pub fn complete(&self, target: Type) {
        let _ = self.target.set(target);
    }

    /// What it stands for; [`Type::Unknown`] before it is complete.
    #[must_use]
    pub fn target(&self) -> &Type {
        self.target.get().unwrap_or(&Type::Unknown)
    }
}

impl PartialEq for Alias {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

/// Which `where` of a program: an index into the plan's conditions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RefinementId(pub u32);

impl RefinementId {
    /// Of a `where` that held in another program, and is not judged again.
    pub const SETTLED: Self = Self(u32::MAX);

    /// Of a `where` that no source writes: its bounds are all that it says.
    pub const BOUNDS: Self = Self(u32::MAX - 1);
}

/// A `where`, as far as a type knows it.
#[derive(Clone, PartialEq, Debug)]
pub struct Refinement {
    /// Which condition judges it.
    pub id: RefinementId,
    /// The condition as written, shown where no message was.
    pub source: Name,
    /// What of it a JSON Schema can say.
    pub bounds: Bounds,
}

/// The type of a part or a movement as a value.
#[derive(Clone, PartialEq, Debug)]
pub struct PartType {
    /// Types of its parameters.
    pub params: Vec<Type>,
    /// What it gives.
    pub returns: Type,
}

impl Type {
    /// The type behind names and conditions: never [`Type::Alias`] or [`Type::Refined`].
    #[must_use]
    pub fn shape(&self) -> &Self {
        let mut ty = self;
        loop {
            ty = match ty {
                Self::Alias(alias) => alias.target(),
                Self::Refined(base, _) => base,
                other => return other,
            }
        }
    }

    /// A list of any size.
    #[must_use]
    pub fn list(element: Self) -> Self {
        Self::List(Arc::new(element), Size::ANY)
    }

    /// `T?`, which of an optional, of `nothing` and of `json` is itself.
    #[must_use]
    pub fn optional(self) -> Self {
        match self.shape() {
            Self::Optional(_) | Self::Nothing | Self::Json | Self::Unknown => self,
            Self::Never => Self::Nothing,
            _ => Self::Optional(Arc::new(self)),
        }
    }

    /// The union of some types: flat, without doubles; `nothing` makes it optional.
    #[must_use]
    pub fn union(members: impl IntoIterator<Item = Self>) -> Self {
        let mut flat: Vec<Self> = Vec::new();
        let mut optional = false;
        let mut pending: Vec<Self> = members.into_iter().collect();
        pending.reverse();
        while let Some(member) = pending.pop() {
            match &member {
                Self::Never => {}
                Self::Unknown => return Self::Unknown,
                Self::Nothing => optional = true,
                Self::Optional(inner) => {
                    optional = true;
                    pending.push((**inner).clone());
                }
                Self::Union(inner) => pending.extend(inner.iter().rev().cloned()),
                _ if flat.contains(&member) => {}
                _ => flat.push(member),
            }
        }
        let joined = match flat.len() {
            0 if optional => return Self::Nothing,
            0 => return Self::Never,
            1 => flat.remove(0),
            _ => Self::Union(flat.into()),
        };
        if optional { joined.optional() } else { joined }
    }

    /// Whether values of it are images, sounds, films or files.
    #[must_use]
    pub fn is_media(&self) -> bool {
        matches!(self.shape(), Self::Image | Self::Audio | Self::Video | Self::File)
    }

    /// Whether a parameter of it is something to send, and doesn't only say who plays or what is called.
    #[must_use]
    pub fn is_sent(&self) -> bool {
        match self.shape() {
            Self::Optional(inner) => inner.is_sent(),
            Self::Instrument | Self::Part(_) => false,
            _ => true,
        }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{:?}", &**text),
            Self::Int(int) => write!(f, "{int}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Bool(bool) => write!(f, "{bool}"),
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.min, self.max) {
            (min, Some(max)) if min == max => write!(f, "{min}"),
            (0, Some(max)) => write!(f, "..{max}"),
            (min, Some(max)) => write!(f, "{min}..{max}"),
            (min, None) => write!(f, "{min}.."),
        }
    }
}

/// Shown as one writes it in a score.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("?"),
            Self::Never => f.write_str("never"),
            Self::Nothing => f.write_str("nothing"),
            Self::Text => f.write_str("text"),
            Self::Int => f.write_str("int"),
            Self::Number => f.write_str("number"),
            Self::Bool => f.write_str("bool"),
            Self::Date => f.write_str("date"),
            Self::Time => f.write_str("time"),
            Self::Duration => f.write_str("duration"),
            Self::Money => f.write_str("money"),
            Self::Json => f.write_str("json"),
            Self::Image => f.write_str("image"),
            Self::Audio => f.write_str("audio"),
            Self::Video => f.write_str("video"),
            Self::File => f.write_str("file"),
            Self::Secret => f.write_str("secret"),
            Self::Instrument => f.write_str("instrument"),
            Self::Literal(literal) => write!(f, "{literal}"),
            Self::List(element, size) if *size == Size::ANY => write!(f, "[{element}]"),
            Self::List(element, size) => write!(f, "[{element}; {size}]"),
            Self::Map(value) => write!(f, "map[{value}]"),
            Self::Optional(inner) => match inner.as_ref() {
                Self::Union(_) | Self::Part(_) | Self::Refined(..) => write!(f, "({inner})?"),
                _ => write!(f, "{inner}?"),
            },
            Self::Union(members) => {
                for (at, member) in members.iter().enumerate() {
                    if at > 0 {
                        f.write_str(" | ")?;
                    }
                    match member {
                        Self::Refined(..) => write!(f, "({member})")?,
                        _ => write!(f, "{member}")?,
                    }
                }
                Ok(())
            }
            Self::Record(record) => match &record.name {
                Some(name) => f.write_str(name),
                None => {
                    f.write_str("{")?;
                    for (at, field) in record.fields().iter().enumerate() {
                        let comma = if at > 0 { ", " } else { "" };
                        write!(f, "{comma}{}: {}", field.name, field.ty)?;
                    }
                    f.write_str("}")
                }
            },
            Self::Alias(alias) => f.write_str(&alias.name),
            Self::Refined(base, refinement) => write!(f, "{base} where {}", refinement.source),
            Self::Part(part) => {
                f.write_str("part(")?;
                for (at, param) in part.params.iter().enumerate() {
                    let comma = if at > 0 { ", " } else { "" };
                    write!(f, "{comma}{param}")?;
                }
                write!(f, ") -> {}", part.returns)
            }
            Self::Variable(index @ 0..=2) => f.write_str(["T", "U", "V"][*index as usize]),
            Self::Variable(index) => write!(f, "T{index}"),
        }
    }
}

impl fmt::Debug for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Only the name: fields may recur.
impl fmt::Debug for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => f.write_str(name),
            None => f.debug_list().entries(self.fields()).finish(),
        }
    }
}

/// Only the name: the target may recur.
impl fmt::Debug for Alias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
