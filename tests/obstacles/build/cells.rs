//! The cells of the course: every type in every place with every keyword, every awkward name, every
//! rule across members, and every update.

use std::collections::BTreeMap;

use crate::elsewhere;
use crate::fragment::Fragment;
use crate::modifiers::{self, Modifier};
use crate::names::{self, NAMED, Named};
use crate::place::{self, PLACES, Place};
use crate::rules;
use crate::types::{self, Type};
use crate::updates;

/// One cell.
pub struct Cell {
    /// The name in the table.
    pub name: String,
    content: Content,
}

enum Content {
    Type {
        place: Place,
        ty: Type,
        modifier: Box<Modifier>,
    },
    Names {
        named: Named,
        names: Vec<String>,
    },
    /// An operation of its own.
    Operation(Box<Fragment>),
}

/// Returns all cells, in the order of the table.
pub fn all() -> Vec<Cell> {
    let types: Vec<Type> = types::plain()
        .into_iter()
        .chain(types::containers())
        .collect();
    let mut cells = Vec::new();
    for place in PLACES {
        for ty in &types {
            for modifier in modifiers_of(*place, ty) {
                cells.push(Cell {
                    name: format!("{} / {} / {}", place.name(), ty.name, modifier.name),
                    content: Content::Type {
                        place: *place,
                        ty: ty.clone(),
                        modifier: Box::new(modifier),
                    },
                });
            }
        }
    }
    for named in NAMED {
        for names in names::all() {
            let quoted: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
            cells.push(Cell {
                name: format!("{} / {}", named.name(), quoted.join(" and ")),
                content: Content::Names {
                    named: *named,
                    names,
                },
            });
        }
    }
    let operations = rules::all()
        .into_iter()
        .chain(updates::all())
        .chain(elsewhere::all());
    cells.extend(operations.map(|(name, fragment)| Cell {
        name,
        content: Content::Operation(Box::new(fragment)),
    }));
    cells
}

fn modifiers_of(place: Place, ty: &Type) -> Vec<Modifier> {
    let mut all = modifiers::of(ty);
    if place.is_single() {
        // Few keywords have a meaning here, and none depends on the type.
        let kept = [
            "none",
            "nullable",
            "default",
            "not required",
            "rules",
            "update of",
            "form one-item",
        ];
        all.retain(|modifier| kept.contains(&modifier.name));
    }
    all.retain(|modifier| modifier.outer.is_empty() || place.is_parameter());
    if place == Place::RequiredQuery {
        all.retain(|modifier| modifier.name != "not required");
    }
    if place == Place::Body {
        all.extend(modifiers::optional_body(ty));
    }
    all
}

impl Cell {
    /// The operation of this cell alone.
    pub fn fragment(&self) -> Fragment {
        match &self.content {
            Content::Type {
                place,
                ty,
                modifier,
            } => place::fragment(*place, ty, std::slice::from_ref(modifier.as_ref())),
            Content::Names { named, names } => names::fragment(*named, names, 0),
            Content::Operation(fragment) => fragment.as_ref().clone(),
        }
    }
}

/// Returns documents that contain many cells, by API generation. Cells that differ by the keyword
/// only share an operation, and so do names, because code for an operation of its own would take
/// long to compile.
pub fn together(cells: &[&Cell]) -> BTreeMap<String, Fragment> {
    let mut fragment = Fragment::default();
    let of = |cell: &Cell| match &cell.content {
        Content::Type { place, ty, .. } => Some((*place, ty.name.clone())),
        Content::Names { .. } | Content::Operation(_) => None,
    };
    for group in cells.chunk_by(|one, other| of(one) == of(other)) {
        let modifiers: Vec<Modifier> = group
            .iter()
            .filter_map(|cell| match &cell.content {
                Content::Type { modifier, .. } => Some(modifier.as_ref().clone()),
                Content::Names { .. } | Content::Operation(_) => None,
            })
            .collect();
        if let Some(Content::Type { place, ty, .. }) = group.first().map(|cell| &cell.content) {
            fragment.add(place::fragment(*place, ty, &modifiers));
        }
    }
    for cell in cells {
        if let Content::Operation(operation) = &cell.content {
            fragment.add(operation.as_ref().clone());
        }
    }
    let mut documents = BTreeMap::new();
    for named in NAMED {
        let names: Vec<String> = cells
            .iter()
            .filter_map(|cell| match &cell.content {
                Content::Names { named: of, names } if of == named => Some(names.clone()),
                _ => None,
            })
            .flatten()
            .collect();
        for (number, names) in names::spread(&names).into_iter().enumerate() {
            let names = names::fragment(*named, &names, number);
            match named {
                // Their names must differ in the whole document.
                Named::Schema | Named::Tag | Named::Operation => {
                    let api = format!("{named:?}{number}").to_lowercase();
                    documents.insert(api, names);
                }
                _ => fragment.add(names),
            }
        }
    }
    documents.insert("course".to_owned(), fragment);
    documents
}
