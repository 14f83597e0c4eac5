//! A document as seen by code that sends requests or serves responses: the schemas of each
//! operation, and the arguments and responses in its examples.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::arguments::Arguments;
use crate::document::{Document, Loaded, load};
use crate::error::Error;
use crate::parts::resolve;

/// A parsed document.
#[derive(Clone, Debug)]
pub struct Spec {
    value: Value,
    operations: Vec<Operation>,
}

/// The identity of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The API generation (`v2`).
    pub api: String,
    /// The `operationId` (`takeSnapshot`).
    pub id: String,
    /// HTTP method, in capitals.
    pub method: String,
    /// Path template.
    pub path: String,
    /// The success status; 0 if the document has none.
    pub success: u16,
}

/// The dates of an older version of a success response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OlderVersion<'s> {
    /// The date since which the version is deprecated (`2024-08-05`). Unless Atlas publishes
    /// another one, it is that of the next version.
    pub deprecated: &'s str,
    /// The date on which Atlas stops serving the version, if it publishes one.
    pub sunset: Option<&'s str>,
}

/// The method and path template under which a document lists an operation.
#[derive(Clone, Copy, Debug)]
pub struct Endpoint<'a> {
    /// HTTP method, in capitals.
    pub method: &'a str,
    /// Path template.
    pub path: &'a str,
}

impl<'a> From<&'a Operation> for Endpoint<'a> {
    fn from(operation: &'a Operation) -> Self {
        Endpoint {
            method: &operation.method,
            path: &operation.path,
        }
    }
}

/// A documented example of a response.
pub struct Example<'a> {
    /// The HTTP status of the response.
    pub status: u16,
    /// Name of the example.
    pub name: &'a str,
    /// The media type of the response.
    pub media_type: &'a str,
    /// The response body as JSON.
    pub value: &'a Value,
}

impl From<&Loaded<'_>> for Spec {
    fn from(loaded: &Loaded<'_>) -> Self {
        Spec {
            value: loaded.value.clone(),
            operations: operations(&loaded.document.api, &loaded.value),
        }
    }
}

impl Spec {
    /// Reads a document. It does not run the rules of [`lint`](crate::lint()).
    ///
    /// # Errors
    /// If the text is not valid YAML.
    pub fn read(document: &Document) -> Result<Self, Error> {
        load(document).map(|loaded| Spec::from(&loaded))
    }

    /// Returns all operations, in the order of the document.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The whole document.
    pub(crate) fn document(&self) -> &Value {
        &self.value
    }

    fn operation<'a>(&self, of: impl Into<Endpoint<'a>>) -> &Value {
        let Endpoint { method, path } = of.into();
        &self.value["paths"][path][method.to_lowercase()]
    }

    /// Follows a `$ref`. Returns a value without `$ref` unchanged.
    pub fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        resolve(&self.value, value)
    }

    /// Returns example arguments: every parameter that has an example, and the body example if
    /// there is one.
    pub fn arguments<'a>(&self, of: impl Into<Endpoint<'a>>) -> Arguments {
        let of = of.into();
        let mut arguments = Arguments {
            body: self.body(of).cloned(),
            ..Arguments::default()
        };
        for parameter in self.parameters(of) {
            let name = parameter["name"].as_str().unwrap_or_default().to_owned();
            let example = &parameter["example"];
            match parameter["in"].as_str() {
                Some("path") => drop(
                    arguments
                        .path
                        .insert(name, example.as_str().unwrap_or_default().to_owned()),
                ),
                _ if !example.is_null() => drop(arguments.query.insert(name, example.clone())),
                _ => {}
            }
        }
        arguments
    }

    /// Returns the request example named `request`, or else the first one.
    fn body(&self, of: Endpoint<'_>) -> Option<&Value> {
        let named = self.bodies(of).find(|(name, _)| *name == "request");
        named
            .or_else(|| self.bodies(of).next())
            .map(|(_, body)| body)
    }

    /// Returns the request examples with their names.
    pub fn bodies<'s, 'a>(
        &'s self,
        of: impl Into<Endpoint<'a>>,
    ) -> impl Iterator<Item = (&'s str, &'s Value)> {
        let content = self.operation(of.into())["requestBody"]["content"].as_object();
        let media = content
            .into_iter()
            .flatten()
            .flat_map(|(_, media)| media["examples"].as_object())
            .flatten();
        media.map(|(name, example)| (name.as_str(), &example["value"]))
    }

    /// Returns all documented response examples, in the order of status and name. Those in another
    /// form than the documented one come last.
    pub fn answers<'a>(&self, of: impl Into<Endpoint<'a>>) -> Vec<Example<'_>> {
        let responses = self.operation(of)["responses"]
            .as_object()
            .into_iter()
            .flatten();
        let mut examples = Vec::new();
        for (status, response) in responses {
            let content = self.resolve(response)["content"]
                .as_object()
                .into_iter()
                .flatten();
            for (media_type, media) in content {
                let of_media = ["examples", "x-atlas-other-form-examples"]
                    .iter()
                    .flat_map(|keyword| media[*keyword].as_object().into_iter().flatten());
                examples.extend(of_media.map(|(name, example)| Example {
                    status: status.parse().unwrap_or_default(),
                    name,
                    media_type,
                    value: &example["value"],
                }));
            }
        }
        examples
    }

    /// Returns the path and query parameters of an operation, resolved.
    pub fn parameters<'s, 'a>(
        &'s self,
        of: impl Into<Endpoint<'a>>,
    ) -> impl Iterator<Item = &'s Value> {
        let declared = self.operation(of)["parameters"].as_array();
        declared.into_iter().flatten().map(|it| self.resolve(it))
    }

    /// Returns the schema of a path or query parameter.
    pub fn parameter<'a>(&self, of: impl Into<Endpoint<'a>>, name: &str) -> Option<&Value> {
        self.parameters(of)
            .find(|parameter| parameter["name"] == name)
            .map(|parameter| &parameter["schema"])
    }

    /// Returns the media type and the media type object under `content`.
    fn content(holder: &Value) -> Option<(&str, &Value)> {
        holder["content"]
            .as_object()?
            .iter()
            .next()
            .map(|(media, content)| (media.as_str(), content))
    }

    fn success<'a>(&self, of: impl Into<Endpoint<'a>>) -> &Value {
        let found = self.operation(of)["responses"]
            .as_object()
            .and_then(success);
        found.map_or(&Value::Null, |(_, response)| self.resolve(response))
    }

    /// Returns the media type of the request body, if there is one.
    pub fn request_media<'a>(&self, of: impl Into<Endpoint<'a>>) -> Option<&str> {
        Self::content(&self.operation(of)["requestBody"]).map(|(media, _)| media)
    }

    /// Returns the schema of the request body, if there is one.
    pub fn request_schema<'a>(&self, of: impl Into<Endpoint<'a>>) -> Option<&Value> {
        Self::content(&self.operation(of)["requestBody"]).map(|(_, content)| &content["schema"])
    }

    /// Returns the documented status of a success; 0 if the document has none.
    pub fn success_status<'a>(&self, of: impl Into<Endpoint<'a>>) -> u16 {
        success_status(self.operation(of))
    }

    /// Returns the media type of the success response.
    pub fn success_media<'a>(&self, of: impl Into<Endpoint<'a>>) -> Option<&str> {
        Self::content(self.success(of)).map(|(media, _)| media)
    }

    /// Returns the media types of the success response that Atlas still serves on request, the
    /// operation's own first.
    pub fn success_versions<'a>(&self, of: impl Into<Endpoint<'a>>) -> Vec<String> {
        let Some((own, content)) = Self::content(self.success(of)) else {
            return Vec::new();
        };
        let older = content["x-atlas-older-versions"]
            .as_array()
            .into_iter()
            .flatten();
        let older = older
            .filter_map(|older| older["version"].as_str())
            .map(|date| format!("application/vnd.atlas.{date}+json"));
        [own.to_owned()].into_iter().chain(older).collect()
    }

    /// Returns the dates of this media type of the success response; `None` if it is not one of the
    /// older versions.
    pub fn older_version<'s, 'a>(
        &'s self,
        of: impl Into<Endpoint<'a>>,
        media: &str,
    ) -> Option<OlderVersion<'s>> {
        let (own, content) = Self::content(self.success(of))?;
        let older = content["x-atlas-older-versions"].as_array()?;
        let wanted = version(media)?;
        let found = older.iter().find(|older| older["version"] == wanted)?;
        let others = older.iter().filter_map(|older| older["version"].as_str());
        let next = others.chain(version(own)).filter(|date| *date > wanted);
        Some(OlderVersion {
            deprecated: found["deprecated"].as_str().or(next.min())?,
            sunset: found["sunset"].as_str(),
        })
    }

    /// Returns the schema of the success response, if it has content.
    pub fn success_schema<'a>(&self, of: impl Into<Endpoint<'a>>) -> Option<&Value> {
        Self::content(self.success(of)).and_then(|(_, content)| content.get("schema"))
    }

    /// Returns the schema that all error responses share.
    pub fn error_schema(&self) -> Option<&Value> {
        self.value.pointer("/components/schemas/ApiError")
    }

    /// Returns the documented statuses of an operation.
    pub fn statuses<'a>(&self, of: impl Into<Endpoint<'a>>) -> BTreeSet<u16> {
        let responses = self.operation(of)["responses"]
            .as_object()
            .into_iter()
            .flatten();
        responses
            .filter_map(|(status, _)| status.parse().ok())
            .collect()
    }

    /// Returns the shared error response that has an example of this name. The status is the one in
    /// the `error` member of the example.
    pub fn error(&self, name: &str) -> Option<Example<'_>> {
        let responses = self.value["components"]["responses"]
            .as_object()
            .into_iter()
            .flatten();
        let contents = responses
            .flat_map(|(_, response)| response["content"].as_object())
            .flatten();
        contents.into_iter().find_map(|(media_type, media)| {
            let (name, example) = media["examples"].as_object()?.get_key_value(name)?;
            let value = &example["value"];
            Some(Example {
                status: u16::try_from(value["error"].as_u64()?).ok()?,
                name,
                media_type,
                value,
            })
        })
    }
}

/// Returns the only success response.
fn success(responses: &Map<String, Value>) -> Option<(&String, &Value)> {
    responses.iter().find(|(status, _)| status.starts_with('2'))
}

/// Returns the date in a media type such as `application/vnd.atlas.2024-08-05+json`.
fn version(media: &str) -> Option<&str> {
    let (date, _) = media
        .strip_prefix("application/vnd.atlas.")?
        .split_once('+')?;
    Some(date)
}

fn operations(api: &str, document: &Value) -> Vec<Operation> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let operations = paths.flat_map(|(path, item)| {
        item.as_object()
            .into_iter()
            .flatten()
            .map(move |(method, value)| (path, method, value))
    });
    let operation = |(path, method, value): (&String, &String, &Value)| Operation {
        api: api.to_owned(),
        id: value["operationId"].as_str().unwrap_or_default().to_owned(),
        method: method.to_uppercase(),
        path: path.clone(),
        success: success_status(value),
    };
    operations.map(operation).collect()
}

fn success_status(operation: &Value) -> u16 {
    let found = operation["responses"].as_object().and_then(success);
    found
        .and_then(|(status, _)| status.parse().ok())
        .unwrap_or_default()
}
