//! A change of `sound.yaml` for each keyword.

/// A change of one keyword.
pub struct Case {
    /// The object that the keyword belongs to.
    pub of: &'static str,
    /// The keyword.
    pub keyword: &'static str,
    /// The changes to `sound.yaml` that make it a document to compare with.
    pub base: &'static [(&'static str, &'static str)],
    /// The change of the keyword.
    pub change: &'static [(&'static str, &'static str)],
}

const fn case(
    of: &'static str,
    keyword: &'static str,
    base: &'static [(&'static str, &'static str)],
    change: &'static [(&'static str, &'static str)],
) -> Case {
    Case {
        of,
        keyword,
        base,
        change,
    }
}

const WITH_LICENSE: &[(&str, &str)] = &[(
    "version: \"1\"",
    "version: \"1\"\n  license: {name: MIT, url: https://example.com/mit}",
)];
const WITH_CONTACT: &[(&str, &str)] = &[(
    "version: \"1\"",
    "version: \"1\"\n  contact: {name: Somebody, url: https://example.com/me}",
)];
const DEPRECATED: &[(&str, &str)] = &[(
    "      externalDocs: {url: https://example.com/get}\n",
    "      externalDocs: {url: https://example.com/get}\n      deprecated: true\n      x-atlas-deprecation: {note: Use another.}\n",
)];
const WITH_HEADER: &[(&str, &str)] = &[(
    "          description: Found.\n",
    "          description: Found.\n          headers: {RateLimit-Limit: {description: A limit., example: 3, schema: {type: integer}}}\n",
)];
const WITH_VERSIONS: &[(&str, &str)] = &[(
    "          description: Found.\n          content:\n            application/vnd.atlas.2023-01-01+json:\n",
    "          description: Found.\n          content:\n            application/vnd.atlas.2023-01-01+json:\n              x-atlas-sunset: \"2027-01-01\"\n              x-atlas-older-versions: [{version: \"2022-01-01\", sunset: \"2024-01-01\", deprecated: \"2023-01-01\"}]\n",
)];
const WITH_SERVICE_ACCOUNTS: &[(&str, &str)] = &[
    (
        "security:\n  - DigestAuth: []\n",
        "security:\n  - ServiceAccounts: []\n  - DigestAuth: []\n",
    ),
    (
        "      scheme: digest\n",
        "      scheme: digest\n    ServiceAccounts:\n      type: oauth2\n      flows: {clientCredentials: {tokenUrl: https://cloud.mongodb.com/api/oauth/token, scopes: {}}}\n",
    ),
];
const WITH_NOTE: &[(&str, &str)] = &[(
    "          type: integer\n          format: int32\n          minimum: 1\n          description: Size in metres.\n",
    "          type: integer\n          format: int32\n          minimum: 1\n          description: Size in metres.\n        note: {type: string, description: A note.}\n",
)];
const WITH_LIST: &[(&str, &str)] = &[(
    "          type: integer\n          format: int32\n          minimum: 1\n          description: Size in metres.\n",
    "          type: integer\n          format: int32\n          minimum: 1\n          description: Size in metres.\n        notes: {type: array, items: {type: string}, description: A note.}\n",
)];
const WITH_RULE: &[(&str, &str)] = &[
    ("request: {value: {size: 3}}", "request: {value: {}}"),
    (
        "          type: integer\n          format: int32\n          minimum: 1\n          description: Size in metres.\n",
        "          type: integer\n          format: int32\n          minimum: 1\n          description: Size in metres.\n        keep: {type: boolean, description: Whether to keep it.}\n        note: {type: string, description: A note.}\n",
    ),
    (
        "      description: A thing to make.\n",
        "      x-atlas-rules:\n        - {together: [size, note], reason: Both., source: {wire: Seen.}}\n      description: A thing to make.\n",
    ),
];

pub const CASES: &[Case] = &[
    case(
        "document",
        "openapi",
        &[],
        &[("openapi: 3.0.3", "openapi: 3.1.0")],
    ),
    case(
        "document",
        "info",
        &[],
        &[("title: A sound document", "title: Another document")],
    ),
    case(
        "document",
        "servers",
        &[],
        &[(
            "  - url: https://cloud.mongodb.com\n",
            "  - url: https://cloud.mongodb.com/api\n",
        )],
    ),
    case(
        "document",
        "security",
        &[],
        &[("security:\n  - DigestAuth: []\n", "security: []\n")],
    ),
    case(
        "document",
        "tags",
        &[],
        &[("description: Things to try.", "description: Things to use.")],
    ),
    case(
        "document",
        "paths",
        &[],
        &[(
            "  /groups/{groupId}/things/{thingId}:",
            "  /groups/{groupId}/things/by/{thingId}:",
        )],
    ),
    case(
        "document",
        "components",
        &[],
        &[("description: A thing.", "description: One thing.")],
    ),
    case(
        "document",
        "externalDocs",
        &[],
        &[(
            "servers:\n",
            "externalDocs: {url: https://example.com}\nservers:\n",
        )],
    ),
    case(
        "info",
        "title",
        &[],
        &[("title: A sound document", "title: Another document")],
    ),
    case(
        "info",
        "version",
        &[],
        &[("version: \"1\"", "version: \"2\"")],
    ),
    case(
        "info",
        "description",
        &[],
        &[(
            "version: \"1\"",
            "version: \"1\"\n  description: Some words.",
        )],
    ),
    case(
        "info",
        "license",
        &[],
        &[(
            "version: \"1\"",
            "version: \"1\"\n  license: {name: MIT, url: https://example.com/mit}",
        )],
    ),
    case(
        "license",
        "name",
        WITH_LICENSE,
        &[("name: MIT", "name: Apache")],
    ),
    case(
        "license",
        "url",
        WITH_LICENSE,
        &[("example.com/mit", "example.com/apache")],
    ),
    case(
        "info",
        "contact",
        &[],
        &[(
            "version: \"1\"",
            "version: \"1\"\n  contact: {name: Somebody, url: https://example.com/me}",
        )],
    ),
    case(
        "contact",
        "name",
        WITH_CONTACT,
        &[("name: Somebody", "name: Nobody")],
    ),
    case(
        "contact",
        "url",
        WITH_CONTACT,
        &[("example.com/me", "example.com/you")],
    ),
    case(
        "server",
        "url",
        &[],
        &[(
            "  - url: https://cloud.mongodb.com\n",
            "  - url: https://cloud.mongodb.com/api\n",
        )],
    ),
    case(
        "server",
        "description",
        &[],
        &[(
            "  - url: https://cloud.mongodb.com\n",
            "  - url: https://cloud.mongodb.com\n    description: Atlas.\n",
        )],
    ),
    case(
        "tag",
        "name",
        &[],
        &[
            ("  - name: Things\n", "  - name: Stuff\n"),
            ("tags: [Things]", "tags: [Stuff]"),
        ],
    ),
    case(
        "tag",
        "description",
        &[],
        &[("description: Things to try.", "description: Things to use.")],
    ),
    case(
        "tag",
        "externalDocs",
        &[],
        &[(
            "description: Things to try.",
            "description: Things to try.\n    externalDocs: {url: https://example.com}",
        )],
    ),
    case(
        "externalDocs",
        "url",
        &[],
        &[("https://example.com/get", "https://example.com/fetch")],
    ),
    case(
        "externalDocs",
        "description",
        &[],
        &[(
            "{url: https://example.com/get}",
            "{url: https://example.com/get, description: Get.}",
        )],
    ),
    case("path item", "get", &[], &[("    get:\n", "    delete:\n")]),
    case("path item", "post", &[], &[("    post:\n", "    put:\n")]),
    case(
        "path item",
        "put",
        &[("    get:\n", "    put:\n")],
        &[("    put:\n", "    get:\n")],
    ),
    case(
        "path item",
        "patch",
        &[("    get:\n", "    patch:\n")],
        &[("    patch:\n", "    get:\n")],
    ),
    case(
        "path item",
        "delete",
        &[("    get:\n", "    delete:\n")],
        &[("    delete:\n", "    get:\n")],
    ),
    case(
        "operation",
        "operationId",
        &[],
        &[("operationId: getThing", "operationId: fetchThing")],
    ),
    case(
        "operation",
        "x-atlas-operation-id",
        &[],
        &[("getGroupThing", "fetchGroupThing")],
    ),
    case(
        "operation",
        "tags",
        &[
            (
                "tags:\n  - name: Things\n",
                "tags:\n  - name: Others\n    description: Other things.\n  - name: Things\n",
            ),
            (
                "      x-atlas-operation-id: createGroupThing\n      tags: [Things]",
                "      x-atlas-operation-id: createGroupThing\n      tags: [Others]",
            ),
        ],
        &[
            (
                "      x-atlas-operation-id: getGroupThing\n      tags: [Things]",
                "      x-atlas-operation-id: getGroupThing\n      tags: [Others]",
            ),
            (
                "      x-atlas-operation-id: createGroupThing\n      tags: [Others]",
                "      x-atlas-operation-id: createGroupThing\n      tags: [Things]",
            ),
        ],
    ),
    case(
        "operation",
        "summary",
        &[],
        &[("summary: Get a thing", "summary: Fetch a thing")],
    ),
    case(
        "operation",
        "description",
        &[],
        &[(
            "summary: Get a thing\n",
            "summary: Get a thing\n      description: Gets one thing.\n",
        )],
    ),
    case(
        "operation",
        "externalDocs",
        &[],
        &[("https://example.com/get", "https://example.com/fetch")],
    ),
    case(
        "operation",
        "deprecated",
        &[],
        &[(
            "      externalDocs: {url: https://example.com/get}\n",
            "      externalDocs: {url: https://example.com/get}\n      deprecated: true\n      x-atlas-deprecation: {note: Use another.}\n",
        )],
    ),
    case(
        "operation",
        "x-atlas-deprecation",
        DEPRECATED,
        &[("note: Use another.", "note: Use nothing.")],
    ),
    case(
        "x-atlas-deprecation",
        "note",
        DEPRECATED,
        &[("note: Use another.", "note: Use nothing.")],
    ),
    case(
        "x-atlas-deprecation",
        "since",
        DEPRECATED,
        &[(
            "note: Use another.",
            "note: Use another., since: \"2023-01-01\"",
        )],
    ),
    case(
        "x-atlas-deprecation",
        "ended",
        DEPRECATED,
        &[(
            "note: Use another.",
            "note: Use another., ended: \"2023-01-01\"",
        )],
    ),
    case(
        "operation",
        "x-atlas-roles",
        &[],
        &[(
            "      externalDocs: {url: https://example.com/get}\n",
            "      externalDocs: {url: https://example.com/get}\n      x-atlas-roles: [Project Owner]\n",
        )],
    ),
    case(
        "operation",
        "x-atlas-effect",
        &[("    post:\n", "    patch:\n")],
        &[(
            "      externalDocs: {url: https://example.com/make}\n",
            "      externalDocs: {url: https://example.com/make}\n      x-atlas-effect: idempotent\n",
        )],
    ),
    case(
        "operation",
        "parameters",
        &[],
        &[(
            "        - $ref: '#/components/parameters/thingId'\n",
            "        - $ref: '#/components/parameters/thingId'\n        - $ref: '#/components/parameters/pretty'\n",
        )],
    ),
    case(
        "operation",
        "requestBody",
        &[("    get:\n", "    put:\n")],
        &[(
            "      externalDocs: {url: https://example.com/get}\n      parameters:\n        - $ref: '#/components/parameters/groupId'\n        - $ref: '#/components/parameters/thingId'\n",
            "      externalDocs: {url: https://example.com/get}\n      parameters:\n        - $ref: '#/components/parameters/groupId'\n        - $ref: '#/components/parameters/thingId'\n      requestBody:\n        required: true\n        content:\n          application/vnd.atlas.2023-01-01+json:\n            schema:\n              $ref: '#/components/schemas/ThingRequest'\n            examples:\n              request: {value: {size: 3}}\n",
        )],
    ),
    case(
        "operation",
        "responses",
        &[],
        &[(
            "        \"404\":\n          $ref: '#/components/responses/notFound'\n",
            "        \"404\":\n          $ref: '#/components/responses/notFound'\n        \"409\":\n          $ref: '#/components/responses/notFound'\n",
        )],
    ),
    case(
        "parameter",
        "name",
        &[],
        &[("name: thingId", "name: thing"), ("{thingId}", "{thing}")],
    ),
    case(
        "parameter",
        "in",
        &[],
        &[(
            "      name: pretty\n      in: query",
            "      name: pretty\n      in: header",
        )],
    ),
    case(
        "parameter",
        "description",
        &[],
        &[(
            "description: Whether to indent.",
            "description: Whether to indent the text.",
        )],
    ),
    case(
        "parameter",
        "required",
        &[("        default: false\n", "      example: true\n")],
        &[(
            "      name: pretty\n      in: query\n",
            "      name: pretty\n      in: query\n      required: true\n",
        )],
    ),
    case(
        "parameter",
        "schema",
        &[],
        &[(
            "        type: boolean\n        default: false\n",
            "        type: integer\n",
        )],
    ),
    case(
        "parameter",
        "example",
        &[],
        &[(
            "      description: Id of the thing.\n      schema:\n        $ref: '#/components/schemas/ObjectId'\n      example: 32b6e34b3d91647abb20e7b8\n",
            "      description: Id of the thing.\n      schema:\n        $ref: '#/components/schemas/ObjectId'\n      example: 32b6e34b3d91647abb20e7b9\n",
        )],
    ),
    case(
        "request body",
        "content",
        &[],
        &[(
            "          application/vnd.atlas.2023-01-01+json:\n            schema:\n              $ref: '#/components/schemas/ThingRequest'",
            "          application/vnd.atlas.2024-01-01+json:\n            schema:\n              $ref: '#/components/schemas/ThingRequest'",
        )],
    ),
    case(
        "request body",
        "required",
        &[],
        &[(
            "        required: true\n        content:",
            "        required: false\n        content:",
        )],
    ),
    case(
        "request body",
        "description",
        &[],
        &[(
            "      requestBody:\n        required: true\n",
            "      requestBody:\n        required: true\n        description: A thing.\n",
        )],
    ),
    case(
        "response",
        "description",
        &[],
        &[("description: Found.", "description: There it is.")],
    ),
    case(
        "response",
        "content",
        &[],
        &[(
            "          description: Found.\n          content:\n            application/vnd.atlas.2023-01-01+json:",
            "          description: Found.\n          content:\n            application/vnd.atlas.2024-01-01+json:",
        )],
    ),
    case(
        "response",
        "headers",
        &[],
        &[(
            "          description: Found.\n",
            "          description: Found.\n          headers: {RateLimit-Limit: {description: A limit., example: 3, schema: {type: integer}}}\n",
        )],
    ),
    case(
        "header",
        "schema",
        WITH_HEADER,
        &[("schema: {type: integer}", "schema: {type: number}")],
    ),
    case(
        "header",
        "description",
        WITH_HEADER,
        &[("description: A limit.", "description: The limit.")],
    ),
    case(
        "header",
        "example",
        WITH_HEADER,
        &[("example: 3", "example: 4")],
    ),
    case(
        "media type",
        "schema",
        &[],
        &[
            (
                "                $ref: '#/components/schemas/Thing'\n              examples:\n                found:",
                "                $ref: '#/components/schemas/ApiError'\n              examples:\n                found:",
            ),
            (
                "found: {value: {id: 32b6e34b3d91647abb20e7b8}}",
                "found: {value: {error: 1}}",
            ),
        ],
    ),
    case(
        "media type",
        "examples",
        &[],
        &[("found: {value:", "seen: {value:")],
    ),
    case(
        "media type",
        "x-atlas-other-form-examples",
        &[(
            "description: Its colour.\n",
            "description: Its colour.\n        parts: {type: array, x-atlas-other-form: one-item, description: Its parts., items: {type: string}}\n",
        )],
        &[(
            "                found: {value: {id: 32b6e34b3d91647abb20e7b8}}\n",
            "                found: {value: {id: 32b6e34b3d91647abb20e7b8}}\n              x-atlas-other-form-examples:\n                one: {value: {id: 32b6e34b3d91647abb20e7b8, parts: wheel}}\n",
        )],
    ),
    case(
        "media type",
        "x-atlas-sunset",
        WITH_VERSIONS,
        &[("2027-01-01", "2028-01-01")],
    ),
    case(
        "media type",
        "x-atlas-older-versions",
        &[],
        &[(
            "          description: Found.\n          content:\n            application/vnd.atlas.2023-01-01+json:\n",
            "          description: Found.\n          content:\n            application/vnd.atlas.2023-01-01+json:\n              x-atlas-sunset: \"2027-01-01\"\n              x-atlas-older-versions: [{version: \"2022-01-01\", sunset: \"2024-01-01\", deprecated: \"2023-01-01\"}]\n",
        )],
    ),
    case(
        "older version",
        "version",
        WITH_VERSIONS,
        &[("2022-01-01", "2022-02-01")],
    ),
    case(
        "older version",
        "sunset",
        WITH_VERSIONS,
        &[("2024-01-01", "2024-02-01")],
    ),
    case(
        "older version",
        "deprecated",
        WITH_VERSIONS,
        &[("deprecated: \"2023-01-01\"", "deprecated: \"2023-02-01\"")],
    ),
    case(
        "example",
        "value",
        &[],
        &[(
            "found: {value: {id: 32b6e34b3d91647abb20e7b8}}",
            "found: {value: {id: 32b6e34b3d91647abb20e7b9}}",
        )],
    ),
    case(
        "example",
        "summary",
        &[],
        &[("found: {value:", "found: {summary: A thing., value:")],
    ),
    case(
        "example",
        "description",
        &[],
        &[("found: {value:", "found: {description: A thing., value:")],
    ),
    case(
        "components",
        "schemas",
        &[],
        &[("description: A thing.", "description: One thing.")],
    ),
    case(
        "components",
        "parameters",
        &[],
        &[(
            "description: Whether to indent.",
            "description: Whether to indent the text.",
        )],
    ),
    case(
        "components",
        "responses",
        &[],
        &[("description: No such thing.", "description: There is none.")],
    ),
    case(
        "components",
        "headers",
        &[],
        &[(
            "  responses:\n    notFound:",
            "  headers:\n    RateLimit-Limit: {schema: {type: integer}}\n  responses:\n    notFound:",
        )],
    ),
    case(
        "components",
        "securitySchemes",
        &[],
        &[("      scheme: digest", "      scheme: basic")],
    ),
    case(
        "security scheme",
        "type",
        &[],
        &[(
            "      type: http\n      scheme: digest",
            "      type: apiKey\n      scheme: digest",
        )],
    ),
    case(
        "security scheme",
        "scheme",
        &[],
        &[("      scheme: digest", "      scheme: basic")],
    ),
    case(
        "security scheme",
        "description",
        &[],
        &[(
            "      scheme: digest",
            "      scheme: digest\n      description: Keys.",
        )],
    ),
    case(
        "security scheme",
        "flows",
        WITH_SERVICE_ACCOUNTS,
        &[("{clientCredentials:", "{implicit:")],
    ),
    case(
        "flow",
        "tokenUrl",
        WITH_SERVICE_ACCOUNTS,
        &[("/api/oauth/token", "/api/oauth/other")],
    ),
    case(
        "flow",
        "scopes",
        WITH_SERVICE_ACCOUNTS,
        &[("scopes: {}", "scopes: {read: Reads.}")],
    ),
    case(
        "flow",
        "refreshUrl",
        WITH_SERVICE_ACCOUNTS,
        &[(
            "scopes: {}",
            "scopes: {}, refreshUrl: https://cloud.mongodb.com",
        )],
    ),
    case(
        "schema",
        "type",
        &[],
        &[
            (
                "          type: integer\n          format: int32\n",
                "          type: number\n",
            ),
            ("          minimum: 1\n", ""),
        ],
    ),
    case(
        "schema",
        "format",
        WITH_NOTE,
        &[(
            "type: string, description",
            "type: string, format: date-time, description",
        )],
    ),
    case(
        "schema",
        "pattern",
        &[(
            "description: Its colour.\n",
            "description: Its colour.\n        note: {type: string, description: A note.}\n",
        )],
        &[(
            "type: string, description: A note",
            "type: string, pattern: '^a$', description: A note",
        )],
    ),
    case(
        "schema",
        "x-atlas-pattern",
        &[(
            "description: Its colour.\n",
            "description: Its colour.\n        note: {type: string, pattern: '^a:', x-atlas-pattern: '^a\\:', description: A note.}\n",
        )],
        &[("x-atlas-pattern: '^a\\:'", "x-atlas-pattern: '^a\\:b'")],
    ),
    case(
        "schema",
        "enum",
        &[],
        &[("enum: [red, green]", "enum: [red, green, blue]")],
    ),
    case("schema", "minimum", &[], &[("minimum: 1", "minimum: 2")]),
    case(
        "schema",
        "maximum",
        &[],
        &[("minimum: 1", "minimum: 1\n          maximum: 9")],
    ),
    case(
        "schema",
        "minLength",
        WITH_NOTE,
        &[(
            "type: string, description",
            "type: string, minLength: 2, description",
        )],
    ),
    case(
        "schema",
        "maxLength",
        WITH_NOTE,
        &[(
            "type: string, description",
            "type: string, maxLength: 9, description",
        )],
    ),
    case(
        "schema",
        "minItems",
        WITH_LIST,
        &[("type: array, items", "type: array, minItems: 1, items")],
    ),
    case(
        "schema",
        "maxItems",
        WITH_LIST,
        &[("type: array, items", "type: array, maxItems: 9, items")],
    ),
    case(
        "schema",
        "items",
        WITH_LIST,
        &[("items: {type: string}", "items: {type: integer}")],
    ),
    case(
        "schema",
        "nullable",
        &[],
        &[(
            "          format: int32\n",
            "          format: int32\n          nullable: true\n",
        )],
    ),
    case(
        "schema",
        "default",
        &[],
        &[(
            "          minimum: 1\n",
            "          minimum: 1\n          default: 5\n",
        )],
    ),
    case(
        "schema",
        "description",
        &[],
        &[("description: A thing.", "description: One thing.")],
    ),
    case(
        "schema",
        "deprecated",
        &[],
        &[(
            "          minimum: 1\n",
            "          minimum: 1\n          deprecated: true\n",
        )],
    ),
    case(
        "schema",
        "required",
        &[],
        &[(
            "      description: A thing to make.\n",
            "      description: A thing to make.\n      required: [size]\n",
        )],
    ),
    case(
        "schema",
        "properties",
        &[],
        &[(
            "          type: integer\n          format: int32\n          minimum: 1\n          description: Size in metres.\n",
            "          type: integer\n          format: int32\n          minimum: 1\n          description: Size in metres.\n        note: {type: string, description: A note.}\n",
        )],
    ),
    case(
        "schema",
        "allOf",
        &[(
            "          allOf: [{$ref: '#/components/schemas/Colour'}]\n          description: Its colour.\n",
            "          allOf: [{$ref: '#/components/schemas/Colour'}]\n          description: Its colour.\n        other: {allOf: [{$ref: '#/components/schemas/Colour'}], description: Another.}\n",
        )],
        &[(
            "allOf: [{$ref: '#/components/schemas/Colour'}]\n          description: Its",
            "allOf: [{$ref: '#/components/schemas/ObjectId'}]\n          description: Its",
        )],
    ),
    case(
        "schema",
        "additionalProperties",
        &[(
            "          type: integer\n          format: int32\n          minimum: 1\n          description: Size in metres.\n",
            "          type: integer\n          format: int32\n          minimum: 1\n          description: Size in metres.\n        names: {type: object, additionalProperties: {type: string}, description: A note.}\n",
        )],
        &[(
            "additionalProperties: {type: string}",
            "additionalProperties: {type: integer}",
        )],
    ),
    case(
        "schema",
        "x-atlas-schema",
        &[],
        &[(
            "      description: A thing.\n",
            "      x-atlas-schema: ApiThing\n      description: A thing.\n",
        )],
    ),
    case(
        "schema",
        "x-atlas-secret",
        WITH_NOTE,
        &[(
            "type: string, description",
            "type: string, x-atlas-secret: true, description",
        )],
    ),
    case(
        "schema",
        "x-atlas-other-form",
        &[(
            "          description: Its colour.\n",
            "          description: Its colour.\n        parts: {type: array, description: Its parts., items: {type: string}}\n",
        )],
        &[(
            "type: array, description: Its parts.",
            "type: array, x-atlas-other-form: one-item, description: Its parts.",
        )],
    ),
    case(
        "schema",
        "x-atlas-update-of",
        &[],
        &[(
            "      description: A thing to make.\n      properties:\n",
            "      x-atlas-update-of: Thing\n      description: A thing to make.\n      properties:\n        colour:\n          allOf: [{$ref: '#/components/schemas/Colour'}]\n          description: Its colour.\n",
        )],
    ),
    case(
        "schema",
        "x-atlas-rules",
        &[(
            "          type: integer\n          format: int32\n          minimum: 1\n          description: Size in metres.\n",
            "          type: integer\n          format: int32\n          minimum: 1\n          description: Size in metres.\n        keep: {type: boolean, description: Whether to keep it.}\n        note: {type: string, description: A note.}\n",
        )],
        &[
            ("request: {value: {size: 3}}", "request: {value: {}}"),
            (
                "      description: A thing to make.\n",
                "      x-atlas-rules:\n        - {together: [size, note], reason: Both., source: {wire: Seen.}}\n      description: A thing to make.\n",
            ),
        ],
    ),
    case(
        "member rule",
        "together",
        WITH_RULE,
        &[("together: [size, note]", "together: [size, keep]")],
    ),
    case(
        "member rule",
        "exactlyOne",
        WITH_RULE,
        &[
            ("together: [size, note]", "exactlyOne: [size, note]"),
            ("request: {value: {}}", "request: {value: {size: 3}}"),
        ],
    ),
    case(
        "member rule",
        "atLeastOne",
        WITH_RULE,
        &[
            ("together: [size, note]", "atLeastOne: [size, note]"),
            ("request: {value: {}}", "request: {value: {size: 3}}"),
        ],
    ),
    case(
        "member rule",
        "forbid",
        WITH_RULE,
        &[(
            "together: [size, note]",
            "when: {keep: true}, forbid: [size, note]",
        )],
    ),
    case(
        "member rule",
        "require",
        WITH_RULE,
        &[(
            "together: [size, note]",
            "when: {keep: true}, require: [size, note]",
        )],
    ),
    case(
        "member rule",
        "when",
        WITH_RULE,
        &[(
            "together: [size, note]",
            "when: {keep: true}, together: [size, note]",
        )],
    ),
    case(
        "member rule",
        "reason",
        WITH_RULE,
        &[("reason: Both.", "reason: One needs the other.")],
    ),
    case(
        "member rule",
        "source",
        WITH_RULE,
        &[("source: {wire: Seen.}", "source: {}")],
    ),
    case(
        "source of a rule",
        "wire",
        WITH_RULE,
        &[("wire: Seen.", "wire: Seen again.")],
    ),
    case(
        "source of a rule",
        "page",
        WITH_RULE,
        &[("wire: Seen.", "page: https://www.mongodb.com/docs/atlas/")],
    ),
    case(
        "source of a rule",
        "published",
        WITH_RULE,
        &[("wire: Seen.", "published: createGroupThing")],
    ),
];
