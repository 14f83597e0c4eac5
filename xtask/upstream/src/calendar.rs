//! What depends on the date: sunsets to come, and reviews that were long ago.

use std::fmt::Write;

use atlas_backup_document::compare::{Deviations, Report, Review, Sunset};
use jiff::civil::Date;
use serde_json::{Value, json};

/// The date of the report, and what its reader wants to know.
pub struct Calendar<'a> {
    pub today: Date,
    /// The days within which the end of a version that we use is a failure.
    pub sunset: Option<u32>,
    /// The days after which a review is old.
    pub review_age: u32,
    pub deviations: &'a Deviations,
}

impl Calendar<'_> {
    /// Whether a version that we use ends within the days that the reader wants to know of, or has
    /// ended.
    pub fn ends_soon(&self, report: &Report) -> bool {
        report.sunsets.iter().any(|sunset| self.is_soon(sunset))
    }

    fn is_soon(&self, sunset: &Sunset) -> bool {
        let left = self.days_left(sunset.date);
        self.sunset.is_some_and(|days| left <= i64::from(days))
    }

    /// Returns the days until a date, which are negative if it has passed.
    fn days_left(&self, date: Date) -> i64 {
        // Without a unit, the difference between dates is in days.
        i64::from((date - self.today).get_days())
    }

    /// Returns the reviews that were long ago, and those whose date is still to come.
    fn old_reviews(&self, report: &Report) -> Vec<Review> {
        let reviews = self.deviations.reviews(&report.api);
        let is_old = |it: &Review| {
            let left = self.days_left(it.date);
            left > 0 || -left > i64::from(self.review_age)
        };
        reviews.filter(is_old).collect()
    }

    /// Formats what is to come for people.
    pub fn text(&self, report: &Report, deviations: &str) -> String {
        let mut text = String::new();
        for version in &report.unstable {
            let kind = if version.preview {
                "preview"
            } else {
                "upcoming"
            };
            let (operation, member) = (&version.operation, &version.member);
            let media = &version.media;
            push(
                &mut text,
                format_args!("{operation}, {member}: {kind} version {media}"),
            );
        }
        let mut sunsets: Vec<&Sunset> = report.sunsets.iter().collect();
        sunsets.sort_by_key(|sunset| sunset.date);
        for sunset in sunsets {
            let soon = if self.is_soon(sunset) {
                ": too soon"
            } else {
                ""
            };
            push(&mut text, format_args!("{}{soon}", self.describe(sunset)));
        }
        let reviews = self.old_reviews(report);
        for review in &reviews {
            let (at, days) = (&review.location, -self.days_left(review.date));
            let when = match days {
                0.. => format!("was reviewed {days} days ago"),
                _ => "has a review that is still to come".to_owned(),
            };
            push(
                &mut text,
                format_args!(
                    "{deviations}:{}:{}: {} {when}, on {}",
                    at.line, at.column, review.label, review.date
                ),
            );
        }
        text
    }

    fn describe(&self, sunset: &Sunset) -> String {
        let (operation, media) = (&sunset.operation, &sunset.media);
        let date = sunset.date;
        match self.days_left(date) {
            0 => format!("{operation}: {media} ends today, on {date}"),
            1 => format!("{operation}: {media} ends tomorrow, on {date}"),
            -1 => format!("{operation}: {media} ended yesterday, on {date}"),
            left @ 2.. => format!("{operation}: {media} ends in {left} days, on {date}"),
            left => format!("{operation}: {media} ended {} days ago, on {date}", -left),
        }
    }

    /// Formats what is to come for programs, as members of the object of a document.
    pub fn json(&self, report: &Report) -> Vec<(&'static str, Value)> {
        let unstable = report.unstable.iter().map(|it| {
            json!({"operation": it.operation, "member": it.member, "preview": it.preview, "mediaType": it.media})
        });
        let sunsets = report.sunsets.iter().map(|it| {
            json!({
                "operation": it.operation,
                "mediaType": it.media,
                "date": it.date.to_string(),
                "daysLeft": self.days_left(it.date),
                "soon": self.is_soon(it),
            })
        });
        let reviews = self.old_reviews(report).into_iter().map(|it| {
            json!({"entry": it.label, "reviewed": it.date.to_string(), "line": it.location.line, "column": it.location.column})
        });
        vec![
            ("unstableVersions", unstable.collect()),
            ("sunsets", sunsets.collect()),
            ("oldReviews", reviews.collect()),
        ]
    }
}

fn push(text: &mut String, line: std::fmt::Arguments<'_>) {
    let _infallible = writeln!(text, "{line}");
}
