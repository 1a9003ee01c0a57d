//! What the web is written in, as one reads it: pages as text, feeds as entries.

use std::sync::Arc;

use dom_query::Document;
use dom_smoothie::{Config, Readability, TextMode};
use feed_rs::model;
use jiff::Timestamp;

use super::argument::{list_of, may_take, signature, takes, text, text_or};
use super::{Builtin, Run, SizeFlow, Trouble};
use crate::base::{Name, on_deep_stack};
use crate::types::{Field, RecordType, Type};
use crate::value::{Record, Value};

/// Most bytes of a page or a feed.
const MOST: usize = 16 << 20;
/// How deep elements may stand in one another for the main text to be told from the rest.
const DEEPEST: usize = 256;
/// How many elements may be open at a time at all: reading a page takes the longer the more there are.
const OPEN: usize = 2_000;
/// Elements that are over without being closed.
const LIGHT: &[&str] = &[
    "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option",
    "p", "param", "source", "tbody", "td", "tfoot", "th", "thead", "tr", "track", "wbr",
];
/// What is no text of a page.
const SKIPPED: &[&str] = &["script", "style", "noscript", "template", "svg", "head", "iframe"];

pub(super) static ROWS: &[Builtin] = &[
    Builtin {
        name: "readable",
        doc: "The title of a web page and its main text as Markdown, without navigation and advertisements. Links \
              are made whole where the address of the page is given.",
        example: (
            r#"readable("<title>Tides</title><body><h1>Tides</h1><p>They <a href='why'>rise</a>.", "https://example.com/").text"#,
            r##""# Tides\n\nThey [rise](https://example.com/why).""##,
        ),
        signature: || {
            let page = takes("page", Type::Text, "The page, in HTML.");
            signature([page, may_take("address", Type::Text, "Where it was found.")], page_type())
        },
        needs: &[],
        size: SizeFlow::None,
        run: Run::Pure(|arguments| {
            let address = Some(text_or(arguments, 1, "")?).filter(|address| !address.is_empty());
            let page = bounded(text(arguments, 0)?, "a page")?;
            let deepest = nesting(page);
            if deepest > OPEN {
                let message =
                    format!("this is no page to be read: {deepest} of its elements stand in one another");
                return Err(Trouble::shape(message));
            }
            let (title, text) = on_deep_stack(|| readable(page, address));
            record(&page_type(), vec![Value::text(&title), Value::text(&text)])
        }),
    },
    Builtin {
        name: "feed_entries",
        doc: "The entries of a feed (RSS, Atom or JSON Feed), in its order.",
        example: (
            r#"map(feed_entries("<rss version='2.0'><channel><title>News</title><item><title>Tides</title><link>https://example.com/1</link></item></channel></rss>"), e => e.title)"#,
            r#"["Tides"]"#,
        ),
        signature: || {
            let feed = takes("feed", Type::Text, "The feed.");
            let address = may_take("address", Type::Text, "Where it was found: links are meant from there.");
            signature([feed, address], list_of(entry_type()))
        },
        needs: &[],
        size: SizeFlow::None,
        run: Run::Pure(|arguments| {
            let address = Some(text_or(arguments, 1, "")?).filter(|address| !address.is_empty());
            let feed = bounded(text(arguments, 0)?, "a feed")?;
            let read = feed_rs::parser::Builder::new().base_uri(address).build().parse(feed.as_bytes());
            let read = read.map_err(|error| Trouble::shape(format!("this is no feed: {error}")))?;
            read.entries.iter().map(entry).collect::<Result<Vec<_>, _>>().map(Value::list)
        }),
    },
];

fn record_type(fields: &[(&str, Type, &str)]) -> Type {
    let fields = fields.iter().map(|(name, ty, doc)| Field {
        name: Name::from(*name),
        doc: (*doc).to_owned(),
        has_default: matches!(ty, Type::Optional(_)),
        ty: ty.clone(),
    });
    Type::Record(Arc::new(RecordType::anonymous(fields.collect())))
}

/// `{title: text, text: text}`
fn page_type() -> Type {
    record_type(&[("title", Type::Text, "Empty where it has none."), ("text", Type::Text, "In Markdown.")])
}

/// `{title: text, url: text, published: time?, summary: text}`
fn entry_type() -> Type {
    record_type(&[
        ("title", Type::Text, "Empty where it has none."),
        ("url", Type::Text, "Where it leads; empty where it leads nowhere."),
        ("published", Type::Time.optional(), "When it was published or last changed."),
        ("summary", Type::Text, "What it says of itself, in Markdown; empty where it says nothing."),
    ])
}

fn record(ty: &Type, values: Vec<Value>) -> Result<Value, Trouble> {
    let Type::Record(shape) = ty else { return Ok(Value::Nothing) };
    let made = Record::new(shape.clone(), values).map(|record| Value::Record(Arc::new(record)));
    made.ok_or_else(|| Trouble::new("a record is not as expected"))
}

fn bounded<'t>(text: &'t str, what: &str) -> Result<&'t str, Trouble> {
    if text.len() <= MOST {
        return Ok(text);
    }
    Err(Trouble::shape(format!(
        "{what} of {} bytes is too big to be read ({} MiB at most)",
        text.len(),
        MOST >> 20
    )))
}

/// The title and the main text of a page; the text of all of it where no main text can be told from the rest.
fn readable(page: &str, address: Option<&str>) -> (String, String) {
    let document = Document::from(page);
    if is_thicket(&document) {
        document.select(&SKIPPED.join(",")).remove();
        return (String::new(), document.text().trim().to_owned());
    }
    let config = || Config { text_mode: TextMode::Markdown, ..Config::default() };
    // An address that is none leaves links as they are.
    let reader = Readability::with_document(document, address, Some(config()))
        .or_else(|_| Readability::new(page, None, Some(config())));
    let article = reader.ok().and_then(|mut reader| reader.parse().ok());
    let text = article.as_ref().map(|article| article.text_content.trim().to_owned());
    match (article, text.filter(|text| !text.is_empty())) {
        (Some(article), Some(text)) => (article.title.trim().to_owned(), text),
        _ => {
            let document = Document::from(page);
            (document.select("title").text().trim().to_owned(), markdown(&document))
        }
    }
}

/// How many elements are open at a time at most, by the tags alone.
fn nesting(page: &str) -> usize {
    let (mut open, mut most) = (0_usize, 0);
    for piece in page.split('<').skip(1) {
        let (closes, rest) = piece.strip_prefix('/').map_or((false, piece), |rest| (true, rest));
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let name = rest[..end].to_ascii_lowercase();
        if name.is_empty() || LIGHT.contains(&&*name) {
            continue;
        }
        open = if closes { open.saturating_sub(1) } else { open + 1 };
        most = most.max(open);
    }
    most
}

/// Whether elements stand in one another deeper than anyone writes them: telling the main text from the rest takes
/// the longer the deeper they are.
fn is_thicket(document: &Document) -> bool {
    let mut pending = vec![(document.root(), 0_usize)];
    while let Some((node, depth)) = pending.pop() {
        if depth > DEEPEST {
            return true;
        }
        pending.extend(node.children_it(false).map(|child| (child, depth + 1)));
    }
    false
}

fn markdown(document: &Document) -> String {
    document.md(Some(SKIPPED)).trim().to_owned()
}

fn entry(entry: &model::Entry) -> Result<Value, Trouble> {
    let words = |text: &Option<model::Text>| text.as_ref().map(|text| text.content.trim().to_owned());
    let link = entry.links.iter().find(|link| link.rel.as_deref().is_none_or(|rel| rel == "alternate"));
    let url = link.or(entry.links.first()).map(|link| link.href.clone()).unwrap_or_default();
    let at = entry.published.or(entry.updated);
    let at =
        at.and_then(|at| Timestamp::from_second(at.timestamp()).ok()).map_or(Value::Nothing, Value::Time);
    let content = || entry.content.as_ref().and_then(|content| content.body.clone());
    let summary = words(&entry.summary).filter(|text| !text.is_empty()).or_else(content).unwrap_or_default();
    let summary = if summary.contains('<') && nesting(&summary) <= DEEPEST {
        on_deep_stack(|| markdown(&Document::from(&*summary)))
    } else {
        summary
    };
    let title = words(&entry.title).unwrap_or_default();
    record(&entry_type(), vec![Value::text(&title), Value::text(&url), at, Value::text(&summary)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(name: &str, arguments: &[&str]) -> Result<Value, Trouble> {
        let row = ROWS.iter().find(|row| row.name == name).unwrap();
        let Run::Pure(run) = row.run else { panic!("pure") };
        run(&arguments.iter().map(|text| Value::text(text)).collect::<Vec<_>>())
    }

    fn field(value: &Value, name: &str) -> String {
        let Value::Record(record) = value else { panic!("{value:?}") };
        record.entries().find(|(key, _)| *key == name).map(|(_, value)| crate::value::render(value)).unwrap()
    }

    #[test]
    fn the_main_text_of_a_page_is_told_from_the_rest() {
        let story = "<p>The tide rose over the quay, and the harbour master wrote it down, as every day, in the long book of the port, with the hour and the height of the water.</p>".repeat(6);
        let page = format!(
            "<html><head><title>Tides - The Port</title><script>evil()</script></head><body><nav><a href='/a'>Home</a> \
             <a href='/b'>Shop</a></nav><article><h1>Tides</h1>{story}<p>See <a href='../log?x=1'>the log</a>.</p></article>\
             <footer>Imprint</footer></body></html>"
        );
        let read = call("readable", &[&page, "https://port.example.com/news/today"]).unwrap();
        let text = field(&read, "text");
        assert!(
            text.contains("harbour master") && text.contains("(https://port.example.com/log?x=1)"),
            "{text}"
        );
        for other in ["Shop", "Imprint", "evil"] {
            assert!(!text.contains(other), "{other} is in {text}");
        }
        assert!(field(&read, "title").contains("Tides"));
    }

    #[test]
    fn what_is_hardly_a_page_is_read_as_far_as_it_is_one() {
        assert_eq!(field(&call("readable", &[""]).unwrap(), "text"), "");
        assert_eq!(field(&call("readable", &["just words"]).unwrap(), "text"), "just words");
        assert_eq!(field(&call("readable", &["<p>a", "no address"]).unwrap(), "text"), "a");
        let deep = format!("<title>x</title><script>evil()</script>{}deep", "<div>".repeat(1_000));
        assert_eq!(field(&call("readable", &[&deep]).unwrap(), "text"), "deep");
        let deeper = call("readable", &[&"<div>".repeat(1_000_000)]).unwrap_err();
        assert!(deeper.message.contains("1000000 of its elements"), "{}", deeper.message);
        let long = "<p>a<br><li>b".repeat(5_000);
        call("readable", &[&long]).unwrap();
        assert!(call("readable", &[&"x".repeat(MOST + 1)]).is_err());
    }

    #[test]
    fn feeds_of_all_kinds_are_read() {
        let rss = "<?xml version='1.0'?><rss version='2.0'><channel><title>N</title><item><title>One</title>\
            <link>/1</link><pubDate>Mon, 05 Jan 2026 09:00:00 GMT</pubDate><description>&lt;p&gt;A &lt;b&gt;tide&lt;/b&gt;.&lt;/p&gt;</description></item></channel></rss>";
        let atom = "<feed xmlns='http://www.w3.org/2005/Atom'><title>N</title><id>x</id><updated>2026-01-05T09:00:00Z</updated>\
            <entry><id>1</id><title>One</title><link rel='self' href='https://a.example.com/self'/><link href='https://a.example.com/1'/><updated>2026-01-05T09:00:00Z</updated></entry></feed>";
        let json = r#"{"version": "https://jsonfeed.org/version/1.1", "title": "N", "items": [{"id": "1",
            "url": "https://a.example.com/1", "title": "One", "content_text": "A tide."}]}"#;
        for (feed, url, at, summary) in [
            (rss, "https://a.example.com/1", "2026-01-05", "A **tide**."),
            (atom, "https://a.example.com/1", "2026-01-05", ""),
            (json, "https://a.example.com/1", "", "A tide."),
        ] {
            let Value::List(entries) = call("feed_entries", &[feed, "https://a.example.com/feed"]).unwrap()
            else {
                panic!("a list")
            };
            assert_eq!(field(&entries[0], "title"), "One");
            assert_eq!(field(&entries[0], "url"), url);
            assert!(field(&entries[0], "published").contains(at), "{feed}");
            assert_eq!(field(&entries[0], "summary"), summary);
        }
        assert_eq!(
            call("feed_entries", &["<html>"]).unwrap_err().kind,
            crate::instrument::FailureKind::BadShape
        );
    }
}
