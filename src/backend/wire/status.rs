//! What a server's status and headers say about trying again.

use std::time::Duration;

use http::StatusCode;
use http::header::{DATE, HeaderMap, RETRY_AFTER};

use crate::instrument::FailureKind;

use super::patience::LONGEST_ASKED;

/// The kind of failure that a status means, for services whose 4xx are about the request.
pub(in crate::backend) fn kind_of_status(status: StatusCode) -> FailureKind {
    match status.as_u16() {
        401 | 403 => FailureKind::Auth,
        408 => FailureKind::Timeout,
        429 => FailureKind::RateLimited,
        400..=499 => FailureKind::InvalidRequest,
        _ => FailureKind::Unavailable,
    }
}

/// Whether a status says "not now": nothing was done and nothing is billed.
pub(super) fn is_busy(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 503 | 529)
}

/// Whether a status says that something broke on the way: something may have been done.
pub(super) fn is_broken(status: StatusCode) -> bool {
    matches!(status.as_u16(), 500 | 502 | 504 | 520..=524)
}

/// What the body of a refusal says of trying again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::backend) enum Again {
    /// Nothing.
    Unsaid,
    /// After so many seconds.
    After(f64),
    /// It is of no use, whatever the status says.
    Never,
}

/// How long the server asks to be left alone, at most 60 s: by its headers, else by the body of its refusal, else
/// until the limits that are used up are whole again.
pub(super) fn asked_pause(headers: &HeaderMap, body: Again) -> Option<Duration> {
    let text = |name: &str| text(headers, name);
    let millis = text("retry-after-ms").and_then(|text| text.parse::<f64>().ok()).map(|millis| millis / 1e3);
    let by_headers = || millis.or_else(|| seconds(text(RETRY_AFTER.as_str())?, text(DATE.as_str())));
    let by_body = || if let Again::After(seconds) = body { Some(seconds) } else { None };
    let seconds = by_headers().or_else(by_body).or_else(|| whole_again(headers))?;
    let capped = if seconds.is_nan() { return None } else { seconds.clamp(0.0, LONGEST_ASKED.as_secs_f64()) };
    Some(Duration::from_secs_f64(capped))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
}

/// When the limits of which nothing is left are whole again, in seconds: `x-ratelimit-reset-requests: 1s`,
/// `x-ratelimit-reset-tokens: 6m0s`.
fn whole_again(headers: &HeaderMap) -> Option<f64> {
    let reset = |limit: &str| {
        let left: f64 = text(headers, &format!("x-ratelimit-remaining-{limit}"))?.parse().ok()?;
        let reset = text(headers, &format!("x-ratelimit-reset-{limit}")).filter(|_| left <= 0.0)?;
        reset.parse().ok().or_else(|| Some(reset.parse::<jiff::SignedDuration>().ok()?.as_secs_f64()))
    };
    ["requests", "tokens"].into_iter().filter_map(reset).reduce(f64::max)
}

/// `Retry-After` as seconds or as a date, the latter counted from the server's own clock where it is shown.
fn seconds(asked: &str, date: Option<&str>) -> Option<f64> {
    if let Ok(seconds) = asked.parse::<f64>() {
        return Some(seconds);
    }
    let instant = |text: &str| jiff::fmt::rfc2822::parse(text).ok().map(|zoned| zoned.timestamp());
    let now = date.and_then(instant).unwrap_or_else(jiff::Timestamp::now);
    Some(instant(asked)?.duration_since(now).as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(&'static str, &str)]) -> Option<u128> {
        let headers = pairs
            .iter()
            .map(|(name, value)| (http::header::HeaderName::from_static(name), value.parse().unwrap()));
        asked_pause(&headers.collect(), Again::Unsaid).map(|pause| pause.as_millis())
    }

    #[test]
    fn bodies_and_limits_that_are_used_up_tell_where_no_header_does() {
        let pause = |headers: &HeaderMap, body| asked_pause(headers, body).map(|pause| pause.as_millis());
        let mut headers = HeaderMap::new();
        assert_eq!(pause(&headers, Again::After(2.5)), Some(2_500));
        assert_eq!(pause(&headers, Again::After(36_000.0)), Some(60_000));
        headers.insert("retry-after", "1".parse().unwrap());
        assert_eq!(pause(&headers, Again::After(2.5)), Some(1_000));
        let left = |requests, tokens| {
            asked(&[
                ("x-ratelimit-remaining-requests", requests),
                ("x-ratelimit-reset-requests", "1s"),
                ("x-ratelimit-remaining-tokens", tokens),
                ("x-ratelimit-reset-tokens", "0m12.5s"),
            ])
        };
        assert_eq!(left("0", "80"), Some(1_000));
        assert_eq!(left("0", "0"), Some(12_500));
        assert_eq!(left("3", "80"), None);
        for (reset, wanted) in
            [("17ms", Some(17)), ("6m0s", Some(60_000)), ("2.5", Some(2_500)), ("soon", None)]
        {
            let pairs = [("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-reset-requests", reset)];
            assert_eq!(asked(&pairs), wanted, "{reset}");
        }
    }

    #[test]
    fn every_form_of_retry_after_is_read_and_capped() {
        assert_eq!(asked(&[("retry-after", "2")]), Some(2_000));
        assert_eq!(asked(&[("retry-after", "0.5")]), Some(500));
        assert_eq!(asked(&[("retry-after", "1e9")]), Some(60_000));
        assert_eq!(asked(&[("retry-after", "1000000000")]), Some(60_000));
        assert_eq!(asked(&[("retry-after", "-5")]), Some(0));
        assert_eq!(asked(&[("retry-after", "nan")]), None);
        assert_eq!(asked(&[("retry-after", "soon")]), None);
        assert_eq!(asked(&[]), None);
        assert_eq!(asked(&[("retry-after-ms", "150"), ("retry-after", "9")]), Some(150));
        let date =
            [("date", "Wed, 21 Oct 2026 07:28:00 GMT"), ("retry-after", "Wed, 21 Oct 2026 07:28:07 GMT")];
        assert_eq!(asked(&date), Some(7_000));
        assert_eq!(asked(&[("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT")]), Some(0));
    }

    #[test]
    fn statuses_mean_kinds() {
        let kind = |status: u16| kind_of_status(StatusCode::from_u16(status).unwrap());
        assert_eq!(kind(401), FailureKind::Auth);
        assert_eq!(kind(403), FailureKind::Auth);
        assert_eq!(kind(404), FailureKind::InvalidRequest);
        assert_eq!(kind(422), FailureKind::InvalidRequest);
        assert_eq!(kind(429), FailureKind::RateLimited);
        assert_eq!(kind(500), FailureKind::Unavailable);
        assert_eq!(kind(529), FailureKind::Unavailable);
    }
}
