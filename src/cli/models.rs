//! `score models`: what is known of models, from the table that the program carries and from `score.toml`.

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Value as Json, json};

use super::exit::Exit;
use super::terminal;
use crate::base::did_you_mean;
use crate::instrument::{Counted, Rates, Tariff};
use crate::load::{Disk, OwnPrice};
use crate::models::{Model, Service, Table, table};
use crate::session::{Parsed, columns};
use crate::value::Money;

/// Abilities that models can be asked for.
const ABILITIES: [&str; 7] = ["tools", "see", "hear", "paint", "speak", "transcribe", "text"];

/// `score models`
pub(super) struct Models {
    show: Option<String>,
    services: Vec<String>,
    abilities: Vec<String>,
    json: bool,
}

/// The options of `score models`.
pub(super) fn options() -> Command {
    let json =
        || Arg::new("json").long("json").action(ArgAction::SetTrue).help("Write JSON for programs to read");
    let choice = |command: Command| {
        command
            .arg(
                Arg::new("service")
                    .long("service")
                    .value_name("NAME")
                    .action(ArgAction::Append)
                    .help("Only models of this service"),
            )
            .arg(
                Arg::new("can")
                    .long("can")
                    .value_name("ABILITY")
                    .action(ArgAction::Append)
                    .value_parser(ABILITIES)
                    .help("Only models that can do this"),
            )
            .arg(json())
    };
    choice(Command::new("models"))
        .about("What models cost and can do, as the program knows it")
        .args_conflicts_with_subcommands(true)
        .subcommand(
            choice(Command::new("list")).about("All models that are known; the same as no word at all"),
        )
        .subcommand(
            Command::new("show")
                .about("All that is known of a model")
                .arg(Arg::new("name").value_name("MODEL").required(true).help("MODEL, or SERVICE/MODEL"))
                .arg(json()),
        )
}

impl Models {
    pub(super) fn of(matches: &ArgMatches) -> Self {
        let (matches, show) = match matches.subcommand() {
            Some(("show", shown)) => (shown, shown.get_one::<String>("name").cloned()),
            Some((_, listed)) => (listed, None),
            None => (matches, None),
        };
        let many = |name: &str| -> Vec<String> {
            if show.is_some() {
                return Vec::new();
            }
            matches.get_many::<String>(name).into_iter().flatten().cloned().collect()
        };
        Self { services: many("service"), abilities: many("can"), json: matches.get_flag("json"), show }
    }
}

/// Says what is known of models.
pub(super) fn models(options: &Models) -> Exit {
    let table = table();
    if let Some(unknown) = options.services.iter().find(|name| !has(table, name)) {
        let names: Vec<&str> = table.services.iter().map(|service| &*service.name).collect();
        let near = did_you_mean(unknown, names.iter().copied());
        let near = near.map_or_else(
            || format!("it knows {}", names.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        terminal::note(&format!("--service {unknown}: no service of this name is known; {near}"));
        return Exit::Usage;
    }
    let own = Parsed::with_files(&Disk, "models.score", "").settings().prices.clone();
    let text = match &options.show {
        Some(name) => match show(table, &own, name, options.json) {
            Ok(text) => text,
            Err(problem) => {
                terminal::note(&problem);
                return Exit::Usage;
            }
        },
        None => list(table, &own, options),
    };
    if terminal::result(text.trim_end()).is_ok() { Exit::Done } else { Exit::Failed }
}

fn has(table: &Table, name: &str) -> bool {
    table.services.iter().any(|service| service.name == name)
}

fn can(model: &Model, ability: &str) -> bool {
    let takes = |kind: &str| model.takes.as_ref().is_some_and(|takes| takes.iter().any(|one| one == kind));
    let gives = |kind: &str| model.gives.iter().any(|one| one == kind);
    match ability {
        "tools" => model.tools == Some(true),
        "see" => takes("image"),
        "hear" => takes("audio"),
        "paint" => gives("image"),
        "speak" => gives("audio"),
        "transcribe" => matches!(model.tariff.by, Counted::Seconds(_)),
        _ => model.gives.is_empty() && !matches!(model.tariff.by, Counted::Seconds(_)),
    }
}

fn list(table: &Table, own: &[OwnPrice], options: &Models) -> String {
    let wanted = |service: &&Service| options.services.is_empty() || options.services.contains(&service.name);
    let able = |model: &&Model| options.abilities.iter().all(|ability| can(model, ability));
    let found: Vec<(&Service, &Model)> = table
        .services
        .iter()
        .filter(wanted)
        .flat_map(|service| service.models.iter().filter(able).map(move |model| (service, model)))
        .collect();
    if options.json {
        let models: Vec<Json> = found.iter().map(|(service, model)| as_json(service, model, own)).collect();
        let whole = json!({"date": table.date, "from": table.from, "models": models});
        return serde_json::to_string_pretty(&whole).unwrap_or_default();
    }
    let head = ["model", "in", "out", "cached", "window", "longest", "can", "until"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for (service, model) in &found {
        let [input, output, cached] = prices(&model.tariff);
        let until = model.until.clone().unwrap_or_default();
        let own = if own_of(service, model, own).is_some() { "*" } else { "" };
        let can: Vec<&str> =
            ABILITIES.into_iter().filter(|ability| *ability != "text" && can(model, ability)).collect();
        rows.push(vec![
            format!("{}/{}{own}", service.name, model.name),
            input,
            output,
            cached,
            model.tariff.window.map(short).unwrap_or_default(),
            model.tariff.longest.map(short).unwrap_or_default(),
            can.join(" "),
            until,
        ]);
    }
    let mut text = columns(&rows, &[1, 2, 3, 4, 5]);
    let star = if own.is_empty() { "" } else { "; * score.toml says otherwise" };
    text.push_str(&format!(
        "\n{} models, prices per million tokens as of {}{star}. Prices change: `score models show MODEL` names the page that holds.\n",
        found.len(),
        table.date
    ));
    text
}

fn show(table: &Table, own: &[OwnPrice], name: &str, json: bool) -> Result<String, String> {
    let (wanted, model_name) = match name.split_once('/') {
        Some((service, model)) if has(table, service) => (Some(service), model),
        _ => (None, name),
    };
    let found: Vec<(&Service, &Model)> = table
        .services
        .iter()
        .filter(|service| wanted.is_none_or(|wanted| service.name == wanted))
        .filter_map(|service| Some((service, service.find(model_name)?)))
        .collect();
    if found.is_empty() {
        let names = table.services.iter().flat_map(|service| &service.models).map(|model| &*model.name);
        let near = match did_you_mean(model_name, names.clone()) {
            Some(near) => format!(" Did you mean `{near}`?"),
            None => among(model_name, names),
        };
        return Err(format!(
            "Nothing is known of `{name}`.{near} An instrument may say what it costs itself: `price: {{input: $1, output: $4}}`, or score.toml: `[prices]`."
        ));
    }
    if json {
        let models: Vec<Json> = found.iter().map(|(service, model)| as_json(service, model, own)).collect();
        return Ok(serde_json::to_string_pretty(&models).unwrap_or_default());
    }
    let pages: Vec<String> = found.iter().map(|(service, model)| page(table, service, model, own)).collect();
    Ok(pages.join("\n"))
}

/// The models that have this in their names.
fn among<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> String {
    let mut found: Vec<&str> = names.filter(|name| name.contains(word)).collect();
    found.sort_unstable();
    found.dedup();
    let (count, first): (usize, Vec<String>) =
        (found.len(), found.iter().take(5).map(|name| format!("`{name}`")).collect());
    match count {
        0 => String::new(),
        1..=5 => format!(" There is {}.", first.join(", ")),
        _ => format!(" There are {count} with that in their names: {}, …", first.join(", ")),
    }
}

fn page(table: &Table, service: &Service, model: &Model, own: &[OwnPrice]) -> String {
    let mut rows: Vec<(&str, String)> = Vec::new();
    if let Some(own) = own_of(service, model, own) {
        rows.push(("score.toml", said(own)));
    }
    match &model.tariff.by {
        Counted::Tokens(first, beyond) => {
            rows.push(("price", rates(first)));
            rows.extend(
                beyond.iter().map(|(from, dear)| {
                    ("", format!("{} in prompts of more than {from} tokens", rates(dear)))
                }),
            );
        }
        Counted::Images(each) => rows.push(("price", format!("{each} an image"))),
        Counted::Characters(million) => rows.push(("price", format!("{million} a million characters"))),
        Counted::Seconds(each) => rows.push(("price", format!("{each} a second"))),
    }
    let tokens = |count: Option<u64>| count.map_or("not known".to_owned(), |count| format!("{count} tokens"));
    rows.push(("window", tokens(model.tariff.window)));
    rows.push(("longest answer", tokens(model.tariff.longest)));
    let able: Vec<&str> = ABILITIES.into_iter().filter(|ability| can(model, ability)).collect();
    rows.push(("can", able.join(", ")));
    if !model.also.is_empty() {
        rows.push(("also", model.also.join(", ")));
    }
    if let Some(until) = &model.until {
        rows.push(("served until", until.clone()));
    }
    rows.push(("hosts", service.hosts.join(", ")));
    rows.push(("source", format!("{} (as of {})", model.source, table.date)));
    rows.push(("data", format!("{}; {}", table.from, table.license)));
    let lines: Vec<String> = rows.iter().map(|(word, text)| format!("  {word:<15} {text}")).collect();
    format!("{}/{}\n{}\n", service.name, model.name, lines.join("\n"))
}

fn rates(rates: &Rates) -> String {
    let mut text = format!("{} in, {} out", rates.input, rates.output);
    for (word, rate) in [
        ("cached", rates.cached),
        ("stored", rates.stored),
        ("heard", rates.heard),
        ("stored for an hour", rates.kept),
    ] {
        if let Some(rate) = rate {
            text = format!("{text}, {rate} {word}");
        }
    }
    format!("{text} a million tokens")
}

fn said(own: &OwnPrice) -> String {
    match (own.call, own.input, own.output) {
        (Some(call), ..) => format!("{call} a call"),
        (None, Some(input), Some(output)) => {
            let OwnPrice { cached, stored, heard, .. } = *own;
            rates(&Rates { input, output, cached, stored, heard, kept: None })
        }
        _ => "its bounds".to_owned(),
    }
}

/// What it costs to have read, written and read from the cache; or by the piece.
fn prices(tariff: &Tariff) -> [String; 3] {
    let none = String::new;
    match &tariff.by {
        Counted::Tokens(rates, _) => {
            let cached = rates.cached.as_ref().map_or_else(none, Money::to_string);
            [rates.input.to_string(), rates.output.to_string(), cached]
        }
        Counted::Images(each) => [none(), format!("{each} an image"), none()],
        Counted::Characters(million) => [format!("{million} characters"), none(), none()],
        Counted::Seconds(each) => [format!("{each} a second"), none(), none()],
    }
}

fn own_of<'a>(service: &Service, model: &Model, own: &'a [OwnPrice]) -> Option<&'a OwnPrice> {
    let full = format!("{}/{}", service.name, model.name);
    own.iter().find(|own| own.model == full || own.model == model.name)
}

fn short(tokens: u64) -> String {
    match tokens {
        1_000_000.. => format!("{}.{}M", tokens / 1_000_000, tokens / 100_000 % 10),
        1_000.. => format!("{}k", tokens / 1_000),
        _ => tokens.to_string(),
    }
}

fn as_json(service: &Service, model: &Model, own: &[OwnPrice]) -> Json {
    let rates = |rates: &Rates| {
        let text = |money: Option<Money>| money.map(|money| money.to_string());
        json!({"input": rates.input.to_string(), "output": rates.output.to_string(), "cached": text(rates.cached),
            "stored": text(rates.stored), "heard": text(rates.heard),
            "stored_for_an_hour": text(rates.kept)})
    };
    let price = match &model.tariff.by {
        Counted::Tokens(first, beyond) => {
            let beyond: Vec<Json> =
                beyond.iter().map(|(from, dear)| json!({"from": from, "rates": rates(dear)})).collect();
            json!({"per_million_tokens": rates(first), "beyond": beyond})
        }
        Counted::Images(each) => json!({"per_image": each.to_string()}),
        Counted::Characters(million) => json!({"per_million_characters": million.to_string()}),
        Counted::Seconds(each) => json!({"per_second": each.to_string()}),
    };
    let able: Vec<&str> = ABILITIES.into_iter().filter(|ability| can(model, ability)).collect();
    json!({
        "service": service.name,
        "model": model.name,
        "also": model.also,
        "price": price,
        "own_price": own_of(service, model, own).map(said),
        "window": model.tariff.window,
        "longest": model.tariff.longest,
        "can": able,
        "until": model.until,
        "source": model.source,
        "date": table().date,
    })
}
