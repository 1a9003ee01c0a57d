use std::sync::Arc;

use super::{Evaluator, Failed, Given};
use crate::base::{Name, Span};
use crate::builtin::find;
use crate::instrument::{Committed, FailureKind};
use crate::plan::{
    Compare, Condition, Expr, ExprKind, Function, InstrumentId, Math, Param, Plan, Segment, Slot, Test,
};
use crate::types::{Bounds, Field, Literal, RecordType, Refinement, RefinementId, Type, known};
use crate::value::{Instrument, Map, Record, Value};

fn empty() -> Plan {
    Plan {
        movements: Vec::new(),
        parts: Vec::new(),
        instruments: Vec::new(),
        bodies: Vec::new(),
        functions: Vec::new(),
        conditions: Vec::new(),
        defaults: Vec::new(),
        tests: Vec::new(),
        prompt: None,
    }
}

fn at(kind: ExprKind) -> Expr {
    Expr { kind, span: Span::new(1, 2) }
}

fn constant(value: Value) -> Expr {
    Expr::constant(value, Span::default())
}

fn int(value: i64) -> Expr {
    constant(Value::Int(value))
}

fn ints(values: &[i64]) -> Value {
    Value::list(values.iter().copied().map(Value::Int).collect::<Vec<_>>())
}

fn boxed(kind: ExprKind) -> Box<Expr> {
    Box::new(at(kind))
}

fn run(plan: &Plan, kind: ExprKind) -> Result<Value, Failed> {
    Evaluator::new(plan, &Given::default()).evaluate(&at(kind), &[][..])
}

fn value(kind: ExprKind) -> Value {
    run(&empty(), kind).unwrap()
}

fn message(kind: ExprKind) -> String {
    run(&empty(), kind).unwrap_err().failure.message
}

fn slice_of(value: Value, from: Option<i64>, to: Option<i64>) -> ExprKind {
    let end = |end: Option<i64>| end.map(|end| Box::new(int(end)));
    ExprKind::Slice(Box::new(constant(value)), end(from), end(to))
}

fn index_of(value: Value, at: Value) -> ExprKind {
    ExprKind::Index(Box::new(constant(value)), Box::new(constant(at)))
}

fn map(entries: &[(&str, Value)]) -> Value {
    Value::Map(Arc::new(entries.iter().map(|(key, value)| (Arc::from(*key), value.clone())).collect::<Map>()))
}

fn shape(name: Option<&str>, fields: &[(&str, Type)]) -> Arc<RecordType> {
    let fields = fields
        .iter()
        .map(|(name, ty)| Field {
            name: Name::from(*name),
            doc: String::new(),
            ty: ty.clone(),
            has_default: false,
        })
        .collect();
    Arc::new(match name {
        None => RecordType::anonymous(fields),
        Some(name) => {
            let record = RecordType::named(Name::from(name), String::new());
            record.complete(fields, None);
            record
        }
    })
}

fn record(shape: &Arc<RecordType>, values: &[Value]) -> Value {
    Value::Record(Arc::new(Record::new(Arc::clone(shape), values.to_vec()).unwrap()))
}

#[test]
fn elements_are_counted_from_both_ends() {
    let xs = ints(&[10, 20, 30]);
    assert_eq!(value(index_of(xs.clone(), Value::Int(0))), Value::Int(10));
    assert_eq!(value(index_of(xs.clone(), Value::Int(-1))), Value::Int(30));
    assert_eq!(
        message(index_of(xs.clone(), Value::Int(3))),
        "there is no element [3]: the list has 3 elements, [0] to [2]"
    );
    assert_eq!(
        message(index_of(xs, Value::Int(-4))),
        "there is no element [-4]: the list has 3 elements, [0] to [2]"
    );
    assert_eq!(message(index_of(ints(&[]), Value::Int(0))), "there is no element [0]: the list is empty");
    assert_eq!(value(index_of(Value::text("größe"), Value::Int(2))), Value::text("ö"));
}

#[test]
fn what_a_map_has_not_is_nothing() {
    let m = map(&[("a", Value::Int(1))]);
    assert_eq!(value(index_of(m.clone(), Value::text("a"))), Value::Int(1));
    assert_eq!(value(index_of(m.clone(), Value::text("b"))), Value::Nothing);
    assert_eq!(value(index_of(Value::Nothing, Value::text("b"))), Value::Nothing);
    assert_eq!(value(ExprKind::Field(Box::new(constant(m)), Name::from("b"))), Value::Nothing);
}

#[test]
fn slices_include_both_ends() {
    let xs = || ints(&[1, 2, 3, 4]);
    for (from, to, wanted) in [
        (Some(1), Some(3), &[2, 3, 4][..]),
        (None, Some(1), &[1, 2]),
        (Some(2), None, &[3, 4]),
        (Some(-2), None, &[3, 4]),
        (None, Some(-2), &[1, 2, 3]),
        (Some(4), None, &[]),
        (Some(3), Some(1), &[]),
        (None, Some(-5), &[]),
        (None, None, &[1, 2, 3, 4]),
    ] {
        assert_eq!(value(slice_of(xs(), from, to)), ints(wanted), "{from:?} {to:?}");
    }
    assert_eq!(
        message(slice_of(xs(), Some(1), Some(4))),
        "[1..4] goes beyond the list, which has 4 elements; `take(xs, n)` gives at most n"
    );
    assert!(message(slice_of(xs(), Some(-5), None)).contains("goes beyond"));
    assert_eq!(value(slice_of(Value::text("Größe"), Some(1), Some(3))), Value::text("röß"));
}

#[test]
fn ranges_include_both_ends() {
    let range = |from, to| ExprKind::Range(Box::new(int(from)), Box::new(int(to)));
    assert_eq!(value(range(1, 3)), ints(&[1, 2, 3]));
    assert_eq!(value(range(1, 0)), ints(&[]));
    assert_eq!(value(range(i64::MAX, i64::MAX)), ints(&[i64::MAX]));
    assert!(message(range(i64::MIN, i64::MAX)).contains("more than 10000000 numbers"));
}

#[test]
fn what_is_not_needed_is_not_evaluated() {
    let fail = || boxed(ExprKind::Fail(Box::new(constant(Value::text("no")))));
    let truth = |bool| Box::new(constant(Value::Bool(bool)));
    assert_eq!(value(ExprKind::And(truth(false), fail())), Value::Bool(false));
    assert_eq!(value(ExprKind::Or(truth(true), fail())), Value::Bool(true));
    assert_eq!(value(ExprKind::Coalesce(Box::new(int(1)), fail())), Value::Int(1));
    assert_eq!(message(ExprKind::Coalesce(Box::new(constant(Value::Nothing)), fail())), "no");
    let arms = [(Some(*truth(false)), *fail()), (Some(*truth(true)), int(2)), (None, *fail())];
    assert_eq!(value(ExprKind::Choose(arms.into())), Value::Int(2));
    assert_eq!(value(ExprKind::Choose([].into())), Value::Nothing);
}

#[test]
fn comparisons_mix_numbers_and_nothing_else() {
    let compare = |compare, a: Value, b: Value| {
        ExprKind::Compare(compare, Box::new(constant(a)), Box::new(constant(b)))
    };
    assert_eq!(value(compare(Compare::Less, Value::Int(1), Value::Number(1.5))), Value::Bool(true));
    assert_eq!(value(compare(Compare::Equal, Value::Int(1), Value::Number(1.0))), Value::Bool(true));
    assert_eq!(
        value(compare(Compare::GreaterOrEqual, Value::text("b"), Value::text("a"))),
        Value::Bool(true)
    );
    assert_eq!(value(compare(Compare::NotEqual, Value::text("1"), Value::Int(1))), Value::Bool(true));
    assert_eq!(
        message(compare(Compare::Less, Value::text("1"), Value::Int(1))),
        "there is no order between a text and a int"
    );
    let secret = Value::Secret(Arc::new(crate::value::Secret::new("KEY", "x")));
    assert_eq!(message(compare(Compare::Equal, secret.clone(), secret)), "a secret can't be compared");
}

#[test]
fn in_looks_for_elements_parts_and_keys() {
    let is_in = |a: Value, b: Value| value(ExprKind::In(Box::new(constant(a)), Box::new(constant(b))));
    assert_eq!(is_in(Value::Number(2.0), ints(&[1, 2])), Value::Bool(true));
    assert_eq!(is_in(Value::text("id"), Value::text("tide")), Value::Bool(true));
    assert_eq!(is_in(Value::text("a"), map(&[("b", Value::Int(1))])), Value::Bool(false));
}

#[test]
fn records_are_read_and_copied() {
    let point = shape(Some("Point"), &[("x", Type::Int), ("y", Type::Int)]);
    let one = || ExprKind::Record(Arc::clone(&point), [int(1), int(2)].into());
    assert_eq!(value(ExprKind::Field(boxed(one()), Name::from("y"))), Value::Int(2));
    let copy = value(ExprKind::But(boxed(one()), [(Name::from("y"), int(5))].into()));
    assert_eq!(copy, record(&point, &[Value::Int(1), Value::Int(5)]));
    assert_eq!(message(ExprKind::Field(boxed(one()), Name::from("z"))), "Point has no field `z`");
}

#[test]
fn texts_have_holes() {
    let text = ExprKind::Text([Segment::Words(Arc::from("n = ")), Segment::Hole(int(3))].into());
    assert_eq!(value(text), Value::text("n = 3"));
}

fn twice() -> Plan {
    // x => x * y, over a captured y
    let slot = |slot| Box::new(Expr::slot(slot, Span::default()));
    let product = at(ExprKind::Math(Math::Multiply, slot(0), slot(1)));
    Plan { functions: vec![Function { params: 1, slots: 2, value: product }], ..empty() }
}

#[test]
fn builtins_call_functions_with_what_they_captured() {
    let plan = twice();
    let function = at(ExprKind::Function(crate::value::Callee::Pure(0), [0 as Slot].into()));
    let call = ExprKind::Builtin(find("map").unwrap(), [constant(ints(&[1, 2])), function].into());
    let given = Given::default();
    let evaluator = Evaluator::new(&plan, &given);
    assert_eq!(evaluator.evaluate(&at(call.clone()), &[Value::Int(10)][..]), Ok(ints(&[10, 20])));
    // A failure inside the function keeps its place.
    let failed =
        evaluator.evaluate(&Expr { kind: call, span: Span::new(7, 9) }, &[Value::Nothing][..]).unwrap_err();
    assert_eq!(failed.span, Span::new(1, 2));
}

#[test]
fn what_is_performed_is_not_computed() {
    assert!(message(ExprKind::Builtin(find("today").unwrap(), [].into())).contains("performed"));
}

#[test]
fn deep_expressions_fail_and_do_not_overflow() {
    // As main and test threads have it.
    let deep = std::thread::Builder::new().stack_size(2 << 20).spawn(|| {
        let wrappers: [fn(Expr) -> ExprKind; 7] = [
            |inner| ExprKind::Negate(Box::new(inner)),
            |inner| ExprKind::Math(Math::Add, Box::new(inner), Box::new(int(1))),
            |inner| ExprKind::List([inner].into()),
            |inner| ExprKind::Text([Segment::Hole(inner)].into()),
            |inner| ExprKind::Choose([(Some(constant(Value::Bool(true))), inner)].into()),
            |inner| ExprKind::Conform(Box::new(inner), Type::Json),
            |inner| ExprKind::Builtin(find("max").unwrap(), [at(ExprKind::List([inner].into()))].into()),
        ];
        for wrap in wrappers {
            let mut expr = int(1);
            for _ in 0..1_000 {
                expr = at(wrap(expr));
            }
            let plan = empty();
            let failed = Evaluator::new(&plan, &Given::default()).evaluate(&expr, &[][..]).unwrap_err();
            assert!(failed.failure.message.contains("levels deep"));
            // Dropping a tree recurs; the parser's own cap keeps real ones shallow.
            std::mem::forget(expr);
        }
        // A function that calls itself, through a builtin and a condition of a type.
        let itself = || at(ExprKind::Function(crate::value::Callee::Pure(0), [].into()));
        let again = ExprKind::Builtin(find("map").unwrap(), [constant(ints(&[1])), itself()].into());
        let plan =
            Plan { functions: vec![Function { params: 1, slots: 1, value: at(again.clone()) }], ..empty() };
        assert!(run(&plan, again).unwrap_err().failure.message.contains("levels deep"));
        let refinement =
            Refinement { id: RefinementId(0), source: Name::from("it"), bounds: Bounds::default() };
        let ty = Type::Refined(Arc::new(Type::Int), Arc::new(refinement));
        let test = at(ExprKind::Is(boxed(ExprKind::Conform(Box::new(int(1)), ty.clone())), Test::Nothing));
        let plan =
            Plan { conditions: vec![Condition { test, message: None, source: Name::from("it") }], ..empty() };
        assert!(run(&plan, ExprKind::Conform(Box::new(int(1)), ty)).is_err());
    });
    deep.unwrap().join().unwrap();
}

fn declared(name: &str, value: ExprKind) -> crate::plan::Instrument {
    crate::plan::Instrument {
        name: Name::from(name),
        span: Span::default(),
        params: [].into(),
        value: at(value),
    }
}

#[test]
fn instruments_bear_the_name_of_their_chair() {
    let settings =
        [(Name::from("model"), constant(Value::text("m"))), (Name::from("price"), constant(Value::Nothing))];
    let construct = ExprKind::Construct(Name::from("openai"), settings.into());
    let alias = ExprKind::Instrument(InstrumentId(0), [].into());
    let plan = Plan {
        instruments: vec![declared("writer", construct), declared("editor", alias.clone())],
        ..empty()
    };
    let Value::Instrument(editor) = run(&plan, ExprKind::Instrument(InstrumentId(1), [].into())).unwrap()
    else {
        panic!()
    };
    assert_eq!((&*editor.name, &*editor.constructor), ("editor", "openai"));
    assert_eq!(editor.settings.keys().map(|key| &**key).collect::<Vec<_>>(), ["model"]);

    let local =
        Instrument { name: Arc::from("local"), constructor: Arc::from("local"), settings: Map::new() };
    let seats = [("writer".to_owned(), Arc::new(local))].into();
    let given = Given { seats, ..Given::default() };
    let evaluator = Evaluator::new(&plan, &given);
    let Value::Instrument(seated) = evaluator.evaluate(&at(alias), &[][..]).unwrap() else { panic!() };
    assert_eq!((&*seated.name, &*seated.constructor), ("writer", "local"));
}

#[test]
fn an_instrument_takes_its_parameters_and_their_defaults() {
    let slot = |slot| Expr::slot(slot, Span::default());
    let settings = [(Name::from("model"), slot(0)), (Name::from("key"), slot(1))];
    let mut groq = declared("groq", ExprKind::Construct(Name::from("openai"), settings.into()));
    let param =
        |name: &str, default| Param { name: Name::from(name), doc: Arc::from(""), ty: Type::Text, default };
    groq.params = [param("model", None), param("key", Some(constant(Value::text("k"))))].into();
    let plan = Plan { instruments: vec![groq], ..empty() };
    let call = ExprKind::Instrument(InstrumentId(0), [constant(Value::text("m"))].into());
    let Value::Instrument(made) = run(&plan, call).unwrap() else { panic!() };
    assert_eq!(made.setting("model"), Some(&Value::text("m")));
    assert_eq!(made.setting("key"), Some(&Value::text("k")));
}

#[test]
fn what_is_not_given_says_what_to_do() {
    let env = |default| ExprKind::Env(Name::from("SITE"), default);
    let failure = run(&empty(), env(None)).unwrap_err().failure;
    assert_eq!(failure.kind, FailureKind::InvalidRequest);
    assert!(failure.help.unwrap().contains("env(\"SITE\", \"…\")"));
    assert_eq!(value(env(Some(Box::new(constant(Value::text("x")))))), Value::text("x"));
    let failure = run(&empty(), ExprKind::Secret(Name::from("API_KEY"))).unwrap_err().failure;
    assert_eq!(failure.kind, FailureKind::Auth);
    assert!(failure.help.unwrap().contains("API_KEY"));
    let plan = empty();
    let given = Given {
        env: [("SITE".to_owned(), "here".to_owned())].into(),
        secrets: [("API_KEY".to_owned(), "hush".to_owned())].into(),
        ..Given::default()
    };
    let evaluator = Evaluator::new(&plan, &given).at("report/draft");
    let get = |kind| evaluator.evaluate(&at(kind), &[][..]).unwrap();
    assert_eq!(get(env(None)), Value::text("here"));
    assert!(!format!("{:?}", get(ExprKind::Secret(Name::from("API_KEY")))).contains("hush"));
    assert_eq!(get(ExprKind::CallId), Value::text("report/draft"));
}

#[test]
fn failures_are_passed_on_with_their_kind() {
    let error = record(
        &known().error,
        &[Value::text("timeout"), Value::text("too slow"), Value::text("writer"), Value::Bool(true)],
    );
    let failure = run(&empty(), ExprKind::Fail(Box::new(constant(error)))).unwrap_err().failure;
    assert_eq!((failure.kind, &*failure.message), (FailureKind::Timeout, "too slow"));
    assert_eq!(failure.committed, Committed::Yes);
    let failed = run(&empty(), ExprKind::Fail(Box::new(constant(Value::text("no"))))).unwrap_err();
    assert_eq!((failed.failure.kind, failed.span), (FailureKind::RequireFailed, Span::new(1, 2)));
}

/// `int where it > 3 else "more than 3"`
fn above_three() -> (Plan, Type) {
    let it = Expr::slot(0, Span::default());
    let test = at(ExprKind::Compare(Compare::Greater, Box::new(it), Box::new(int(3))));
    let condition =
        Condition { test, message: Some(constant(Value::text("more than 3"))), source: Name::from("it > 3") };
    let refinement =
        Refinement { id: RefinementId(0), source: Name::from("it > 3"), bounds: Bounds::default() };
    let ty = Type::Refined(Arc::new(Type::Int), Arc::new(refinement));
    (Plan { conditions: vec![condition], ..empty() }, ty)
}

#[test]
fn members_of_unions_are_told_apart() {
    let (plan, above) = above_three();
    let cat = shape(Some("Cat"), &[("name", Type::Text)]);
    let dog = shape(Some("Dog"), &[("name", Type::Text)]);
    let tom = record(&cat, &[Value::text("Tom")]);
    let calm = Type::Literal(Literal::Text(Name::from("calm")));
    for (value, ty, wanted) in [
        (tom.clone(), Type::Record(Arc::clone(&cat)), true),
        (tom.clone(), Type::Record(dog), false),
        (Value::list([tom]), Type::list(Type::Record(cat)), true),
        (Value::Int(4), above.clone(), true),
        (Value::Int(3), above, false),
        (Value::text("calm"), calm.clone(), true),
        (Value::text("angry"), calm.optional(), false),
        (Value::Nothing, Type::Text.optional(), true),
        (Value::Nothing, Type::Text, false),
        (Value::Int(1), Type::Number, true),
        (Value::Number(1.0), Type::Int, false),
        (map(&[("a", Value::Int(1))]), Type::Json, true),
        (map(&[("a", Value::Int(1))]), Type::Map(Arc::new(Type::Text)), false),
    ] {
        let is = ExprKind::Is(Box::new(constant(value.clone())), Test::Type(ty.clone()));
        assert_eq!(run(&plan, is), Ok(Value::Bool(wanted)), "{value:?} is {ty}");
    }
}

#[test]
fn conforming_judges_conditions() {
    let (plan, above) = above_three();
    let conform = |value| ExprKind::Conform(Box::new(constant(value)), above.clone());
    assert_eq!(run(&plan, conform(Value::Int(4))), Ok(Value::Int(4)));
    let failure = run(&plan, conform(Value::Int(3))).unwrap_err().failure;
    assert_eq!(failure.kind, FailureKind::BadShape);
    assert!(failure.message.contains("more than 3"), "{}", failure.message);
    assert_eq!(value(ExprKind::Conform(Box::new(int(1)), Type::Number)), Value::Number(1.0));
}

#[test]
fn defaults_are_filled_in() {
    let idea = RecordType::named(Name::from("Idea"), String::new());
    let field =
        |name: &str, ty, has_default| Field { name: Name::from(name), doc: String::new(), ty, has_default };
    idea.complete(vec![field("title", Type::Text, false), field("rank", Type::Int, true)], None);
    let idea = Arc::new(idea);
    let plan = Plan { defaults: vec![(Arc::clone(&idea), [None, Some(int(7))].into())], ..empty() };
    let read = |value| run(&plan, ExprKind::As(Box::new(constant(value)), Type::Record(Arc::clone(&idea))));
    let wanted = record(&idea, &[Value::text("Tides"), Value::Int(7)]);
    assert_eq!(read(map(&[("title", Value::text("Tides"))])), Ok(wanted.clone()));
    assert_eq!(read(Value::text(r#"{"title": "Tides"}"#)), Ok(wanted));
    assert_eq!(read(Value::text("Tides")).unwrap_err().failure.kind, FailureKind::BadShape);
}
