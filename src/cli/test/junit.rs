//! Results of tests in the XML that CI servers read (the `testsuites`, `testsuite`, `testcase` and `failure`
//! elements of JUnit's reports; times in seconds).

use std::fmt::Write as _;

use super::Result;

/// The report.
pub(super) fn page(results: &[Result]) -> String {
    let failed = results.iter().filter(|result| result.flaw.is_some()).count();
    let seconds = |results: &mut dyn Iterator<Item = &Result>| -> f64 {
        results.map(|result| result.took.as_secs_f64()).sum()
    };
    let mut page = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let all = seconds(&mut results.iter());
    let _ = writeln!(
        page,
        "<testsuites tests=\"{}\" failures=\"{failed}\" errors=\"0\" time=\"{all:.3}\">",
        results.len()
    );
    for suite in results.chunk_by(|one, other| one.file == other.file) {
        let file = suite.first().map_or("", |first| &first.file);
        let failed = suite.iter().filter(|result| result.flaw.is_some()).count();
        let time = seconds(&mut suite.iter());
        let _ = writeln!(
            page,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failed}\" errors=\"0\" time=\"{time:.3}\">",
            escaped(file),
            suite.len()
        );
        for result in suite {
            let _ = write!(
                page,
                "    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3}\"",
                escaped(file),
                escaped(&result.name),
                result.took.as_secs_f64()
            );
            let _ = match &result.flaw {
                None => writeln!(page, "/>"),
                Some(flaw) => writeln!(
                    page,
                    ">\n      <failure message=\"{}\">{}</failure>\n    </testcase>",
                    escaped(first_line(flaw)),
                    escaped(flaw)
                ),
            };
        }
        page.push_str("  </testsuite>\n");
    }
    page.push_str("</testsuites>");
    page
}

/// The line that says what is wrong.
fn first_line(flaw: &str) -> &str {
    flaw.lines().map(str::trim).filter(|line| !line.is_empty()).nth(1).unwrap_or("failed")
}

/// Text as XML 1.0 may hold it: colours and other control characters left out.
fn escaped(text: &str) -> String {
    let plain = anstream::adapter::strip_str(text).to_string();
    let mut escaped = String::with_capacity(plain.len());
    for letter in plain.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(letter),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => escaped.push(letter),
        }
    }
    escaped
}
