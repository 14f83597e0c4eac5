//! Names a place in a document in words: `takeSnapshot, request body` for
//! `/paths/~1groups~1{groupId}~1snapshots/post/requestBody`.

use serde_json::Value;

use crate::document::child;
use crate::lint::METHODS;

/// Returns the place of a JSON pointer in words. Parts that only hold other parts (`properties`,
/// `content`, `schema`) are left out unless they are the place itself.
pub(crate) fn in_words(document: &Value, pointer: &str) -> String {
    let tokens: Vec<String> = pointer.split('/').skip(1).map(unescape).collect();
    let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
    let mut words = Words {
        document,
        done: String::new(),
        parts: Vec::new(),
    };
    match tokens.as_slice() {
        [] => words.push("the document"),
        ["paths", path, keyword, ..] if !is_method(keyword) => {
            words.push(format!("path {path}"));
            words.push(*keyword);
        }
        ["paths", path, method, rest @ ..] => {
            words.take(&["paths", *path, *method]);
            let id = words.value().and_then(|it| it.get("operationId")?.as_str());
            words.push(match id {
                Some(id) => id.to_owned(),
                None => format!("{} {path}", method.to_uppercase()),
            });
            words.read(rest);
        }
        ["paths", path] => words.push(format!("path {path}")),
        ["components", "schemas", name, rest @ ..] => {
            words.take(&["components", "schemas", *name]);
            words.push(*name);
            words.schema(rest);
        }
        ["components", section, name, rest @ ..] => {
            words.take(&["components", *section, *name]);
            words.push(format!("{} `{name}`", singular(section)));
            words.read(rest);
        }
        rest => words.read(rest),
    }
    words.parts.join(", ")
}

/// Whether the entry of a path is an operation, also one that the client cannot have.
fn is_method(keyword: &str) -> bool {
    METHODS.contains(&keyword) || ["head", "options", "trace"].contains(&keyword)
}

fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

fn singular(section: &str) -> &str {
    match section {
        "parameters" => "parameter",
        "responses" => "response",
        "headers" => "header",
        "securitySchemes" => "security scheme",
        other => other,
    }
}

struct Words<'a> {
    document: &'a Value,
    /// The pointer to what is read already.
    done: String,
    parts: Vec<String>,
}

impl<'a> Words<'a> {
    fn push(&mut self, part: impl Into<String>) {
        self.parts.push(part.into());
    }

    /// The value of what is read already.
    fn value(&self) -> Option<&'a Value> {
        self.document.pointer(&self.done)
    }

    fn take(&mut self, tokens: &[&str]) {
        for token in tokens {
            self.done = child(&self.done, token);
        }
    }

    /// The name of an item of a list: its `name`, or that of the component that it refers to.
    fn name(&self) -> Option<&'a str> {
        let item = self.value()?;
        let target = item.get("$ref").and_then(Value::as_str);
        let named = item.get("name").and_then(Value::as_str);
        named.or_else(|| target?.rsplit('/').next())
    }

    /// Reads tokens outside of schemas.
    fn read(&mut self, tokens: &[&str]) {
        match tokens {
            [] => {}
            ["parameters", index, rest @ ..] => self.item("parameter", tokens, index, rest),
            ["tags", index, rest @ ..] if self.parts.is_empty() => {
                self.item("tag", tokens, index, rest)
            }
            ["x-atlas-older-versions", index, rest @ ..] => {
                self.item("older version", tokens, index, rest)
            }
            ["servers", index, rest @ ..] => self.item("server", tokens, index, rest),
            ["security", index, rest @ ..] => {
                self.item("security requirement", tokens, index, rest)
            }
            ["requestBody", rest @ ..] => self.after("request body", &tokens[..1], rest),
            ["responses", status, rest @ ..] => {
                self.after(format!("response {status}"), &tokens[..2], rest)
            }
            ["headers", name, rest @ ..] => {
                self.after(format!("header `{name}`"), &tokens[..2], rest)
            }
            ["content", _, rest @ ..] if !rest.is_empty() => {
                self.take(&tokens[..2]);
                self.read(rest);
            }
            ["content", media] => self.push(*media),
            ["examples" | "x-atlas-other-form-examples", name, rest @ ..] => {
                self.push(format!("example `{name}`"));
                self.example(rest.strip_prefix(&["value"]).unwrap_or(rest));
            }
            ["example", rest @ ..] => {
                self.push("example");
                self.example(rest);
            }
            ["schema", rest @ ..] if !rest.is_empty() => {
                self.take(&tokens[..1]);
                self.schema(rest);
            }
            // The message has the item of a list of texts.
            [index] if index.parse::<usize>().is_ok() => {}
            [other, rest @ ..] => self.after(*other, &tokens[..1], rest),
        }
    }

    fn after(&mut self, part: impl Into<String>, taken: &[&str], rest: &[&str]) {
        self.push(part);
        self.take(taken);
        self.read(rest);
    }

    fn item(&mut self, what: &str, tokens: &[&str], index: &str, rest: &[&str]) {
        self.take(&tokens[..2]);
        let number = index.parse::<usize>().map_or(0, |index| index + 1);
        self.push(match self.name() {
            Some(name) => format!("{what} `{name}`"),
            None => format!("{what} {number}"),
        });
        self.read(rest);
    }

    /// Reads tokens inside a value, which is written as in a program: `results[0].id`.
    fn example(&mut self, tokens: &[&str]) {
        let mut path = String::new();
        for token in tokens {
            if token.parse::<usize>().is_ok() {
                path.push_str(&format!("[{token}]"));
            } else if path.is_empty() {
                path.push_str(token);
            } else {
                path.push_str(&format!(".{token}"));
            }
        }
        if !path.is_empty() {
            self.push(path);
        }
    }

    /// Reads tokens inside a schema.
    fn schema(&mut self, tokens: &[&str]) {
        match tokens {
            [] => {}
            ["properties", name, rest @ ..] => {
                match self.parts.last_mut() {
                    Some(last) if !last.contains(' ') => last.push_str(&format!(".{name}")),
                    _ => self.push(*name),
                }
                self.schema(rest);
            }
            ["allOf", _, rest @ ..] if !rest.is_empty() => self.schema(rest),
            ["enum", index] => {
                let number = index.parse::<usize>().map_or(0, |index| index + 1);
                self.push(format!("value {number} of its enum"));
            }
            ["x-atlas-rules", index, rest @ ..] => {
                let number = index.parse::<usize>().map_or(0, |index| index + 1);
                self.push(format!("rule {number}"));
                self.parts
                    .extend(rest.first().map(|part| (*part).to_owned()));
            }
            ["items", rest @ ..] if !rest.is_empty() => {
                self.push("items");
                self.schema(rest);
            }
            ["additionalProperties", rest @ ..] if !rest.is_empty() => {
                self.push("values of the map");
                self.schema(rest);
            }
            [keyword, ..] => self.push(*keyword),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::in_words;
    use serde_json::json;

    #[test]
    fn places_in_words() {
        let document = json!({
            "tags": [{"name": "Things"}],
            "paths": {"/things/{id}": {"get": {
                "operationId": "getThing",
                "parameters": [{"$ref": "#/components/parameters/id"}, {"name": "pretty"}],
            }}},
        });
        let get = "/paths/~1things~1{id}/get";
        for (pointer, words) in [
            ("", "the document"),
            ("/info/title", "info, title"),
            ("/tags/0", "tag `Things`"),
            ("/tags/1/name", "tag 2, name"),
            ("/servers/0/url", "server 1, url"),
            ("/paths/~1things~1{id}", "path /things/{id}"),
            (get, "getThing"),
            ("/paths/~1other/post/summary", "POST /other, summary"),
            ("/paths/~1other/parameters/0", "path /other, parameters"),
            (&format!("{get}/tags/0"), "getThing, tags"),
            (&format!("{get}/parameters/0"), "getThing, parameter `id`"),
            (
                &format!("{get}/parameters/1/schema/minimum"),
                "getThing, parameter `pretty`, minimum",
            ),
            (&format!("{get}/requestBody"), "getThing, request body"),
            (
                &format!("{get}/requestBody/content/application~1json/schema/maxItems"),
                "getThing, request body, maxItems",
            ),
            (
                &format!("{get}/responses/200/content/text~1csv"),
                "getThing, response 200, text/csv",
            ),
            (
                &format!("{get}/responses/200/content/a/examples/one/value/results/0/id"),
                "getThing, response 200, example `one`, results[0].id",
            ),
            (
                "/components/schemas/Thing/properties/size/minimum",
                "Thing.size, minimum",
            ),
            (
                "/components/schemas/Thing/properties/sizes/items/format",
                "Thing.sizes, items, format",
            ),
            (
                "/components/schemas/Thing/properties/colour/allOf/0/$ref",
                "Thing.colour, $ref",
            ),
            (
                "/components/schemas/Colour/enum/1",
                "Colour, value 2 of its enum",
            ),
            (
                "/components/schemas/Thing/x-atlas-rules/0/when/size",
                "Thing, rule 1, when",
            ),
            (
                "/components/parameters/pretty/schema/default",
                "parameter `pretty`, default",
            ),
            (
                "/components/responses/notFound/content",
                "response `notFound`, content",
            ),
            (
                "/components/securitySchemes/DigestAuth",
                "security scheme `DigestAuth`",
            ),
        ] {
            assert_eq!(in_words(&document, pointer), words, "{pointer}");
        }
    }
}
