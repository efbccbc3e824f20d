//! How a layer looks at first sight, as QGIS writes it (QML 3) and as the OGC does (SLD 1.0). Names of
//! columns, shapes and colours come from constants of the program; titles are escaped.

use quick_xml::escape::escape;

use crate::exchange::write::layer::LookClasses;

/// A simple symbol. Colours are `#rrggbb`, sizes millimetres on screen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Symbol {
    /// A point.
    Marker {
        /// QGIS's name of the shape.
        shape: &'static str,
        /// Its fill.
        colour: &'static str,
        /// Its size.
        size_mm: f64,
    },
    /// A line.
    Line {
        /// Its colour.
        colour: &'static str,
        /// Its width.
        width_mm: f64,
    },
    /// An area.
    Area {
        /// Colour of its outline.
        outline: &'static str,
        /// Width of its outline.
        width_mm: f64,
        /// Its fill; none: see-through.
        fill: Option<&'static str>,
    },
}

/// Number, symbol and name of each class.
fn each(classes: LookClasses) -> impl Iterator<Item = (usize, Symbol, &'static str)> {
    let area = |fill| Symbol::Area {
        // Cells stand side by side: white lines between them would outshine them.
        outline: fill,
        width_mm: 0.1,
        fill: Some(fill),
    };
    let fills = classes.fills.iter().enumerate();
    fills.map(move |(before, (fill, name))| (before + 1, area(*fill), *name))
}

/// How a layer looks at first sight.
#[derive(Debug, Clone, PartialEq)]
pub struct FirstView {
    /// How its features are drawn, where no classes say otherwise.
    pub symbol: Symbol,
    /// How they are drawn by class.
    pub classes: Option<LookClasses>,
    /// Column whose text is written beside each feature.
    pub label: Option<&'static str>,
    /// Titles of columns by their names; none: the names are shown.
    pub titles: Vec<(&'static str, String)>,
}

/// The QML document of a layer.
pub fn qml(view: &FirstView) -> String {
    let renderer = match view.classes {
        None => format!(
            "<renderer-v2 type=\"singleSymbol\" symbollevels=\"0\" enableorderby=\"0\" \
             forceraster=\"0\"><symbols>{}</symbols></renderer-v2>",
            qml_symbol(0, &view.symbol)
        ),
        Some(classes) => classified(classes),
    };
    let titles: String = view
        .titles
        .iter()
        .map(|(column, title)| format!("<alias field=\"{column}\" name=\"{}\"/>", escape(title)))
        .collect();
    let (fields, titles) = match titles.is_empty() {
        true => ("", String::new()),
        false => ("|Fields", format!("<aliases>{titles}</aliases>")),
    };
    format!(
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n\
         <qgis version=\"3.16.0\" styleCategories=\"Symbology|Labeling{fields}\" \
         labelsEnabled=\"{}\">{renderer}{}{titles}</qgis>\n",
        u8::from(view.label.is_some()),
        view.label.map(labeling).unwrap_or_default(),
    )
}

fn classified(classes: LookClasses) -> String {
    let (mut categories, mut symbols) = (String::new(), String::new());
    for (class, symbol, name) in each(classes) {
        categories += &format!(
            "<category value=\"{class}\" symbol=\"{class}\" label=\"{}\" render=\"true\"/>",
            escape(name)
        );
        symbols += &qml_symbol(class, &symbol);
    }
    format!(
        "<renderer-v2 type=\"categorizedSymbol\" attr=\"{}\" symbollevels=\"0\" \
         enableorderby=\"0\" forceraster=\"0\"><categories>{categories}</categories>\
         <symbols>{symbols}</symbols></renderer-v2>",
        classes.column
    )
}

/// A symbol under the number that the renderer calls it by.
fn qml_symbol(number: usize, symbol: &Symbol) -> String {
    let (kind, class, properties) = match symbol {
        Symbol::Marker {
            shape,
            colour,
            size_mm,
        } => (
            "marker",
            "SimpleMarker",
            vec![
                ("name", (*shape).to_owned()),
                ("color", rgba(colour)),
                ("outline_color", rgba("#ffffff")),
                ("outline_width", "0.2".into()),
                ("outline_width_unit", "MM".into()),
                ("size", size_mm.to_string()),
                ("size_unit", "MM".into()),
            ],
        ),
        Symbol::Line { colour, width_mm } => (
            "line",
            "SimpleLine",
            vec![
                ("line_color", rgba(colour)),
                ("line_width", width_mm.to_string()),
                ("line_width_unit", "MM".into()),
                ("capstyle", "round".into()),
                ("joinstyle", "round".into()),
            ],
        ),
        Symbol::Area {
            outline,
            width_mm,
            fill,
        } => (
            "fill",
            "SimpleFill",
            vec![
                ("color", rgba(fill.unwrap_or("#ffffff"))),
                ("style", if fill.is_some() { "solid" } else { "no" }.into()),
                ("outline_color", rgba(outline)),
                ("outline_style", "solid".into()),
                ("outline_width", width_mm.to_string()),
                ("outline_width_unit", "MM".into()),
            ],
        ),
    };
    let properties: String = properties
        .iter()
        .map(|(key, value)| format!("<prop k=\"{key}\" v=\"{value}\"/>"))
        .collect();
    format!(
        "<symbol type=\"{kind}\" name=\"{number}\" alpha=\"1\" clip_to_extent=\"1\" \
         force_rhr=\"0\"><layer class=\"{class}\" enabled=\"1\" locked=\"0\" pass=\"0\">\
         {properties}</layer></symbol>"
    )
}

/// The SLD document of a layer.
pub fn sld(layer: &str, view: &FirstView) -> String {
    let rules: String = match view.classes {
        None => format!("<Rule>{}</Rule>", symbolizer(&view.symbol)),
        Some(classes) => each(classes)
            .map(|(class, symbol, name)| {
                format!(
                    "<Rule><Title>{}</Title><ogc:Filter><ogc:PropertyIsEqualTo>\
                     <ogc:PropertyName>{}</ogc:PropertyName><ogc:Literal>{class}</ogc:Literal>\
                     </ogc:PropertyIsEqualTo></ogc:Filter>{}</Rule>",
                    escape(name),
                    classes.column,
                    symbolizer(&symbol)
                )
            })
            .collect(),
    };
    format!(
        "<StyledLayerDescriptor version=\"1.0.0\" xmlns=\"http://www.opengis.net/sld\" \
         xmlns:ogc=\"http://www.opengis.net/ogc\"><NamedLayer><Name>{layer}</Name><UserStyle>\
         <FeatureTypeStyle>{rules}</FeatureTypeStyle></UserStyle></NamedLayer>\
         </StyledLayerDescriptor>\n"
    )
}

fn symbolizer(symbol: &Symbol) -> String {
    match symbol {
        Symbol::Marker {
            shape,
            colour,
            size_mm,
        } => format!(
            "<PointSymbolizer><Graphic><Mark><WellKnownName>{}</WellKnownName>{}</Mark>\
             <Size>{}</Size></Graphic></PointSymbolizer>",
            well_known(shape),
            sld_fill(colour),
            pixels(*size_mm),
        ),
        Symbol::Line { colour, width_mm } => {
            format!(
                "<LineSymbolizer>{}</LineSymbolizer>",
                sld_stroke(colour, *width_mm)
            )
        }
        Symbol::Area {
            outline,
            width_mm,
            fill,
        } => format!(
            "<PolygonSymbolizer>{}{}</PolygonSymbolizer>",
            fill.map(sld_fill).unwrap_or_default(),
            sld_stroke(outline, *width_mm),
        ),
    }
}

fn labeling(column: &str) -> String {
    format!(
        "<labeling type=\"simple\"><settings><text-style fieldName=\"{column}\" isExpression=\"0\" \
         fontSize=\"9\" fontSizeUnit=\"Point\" textColor=\"17,24,39,255\">\
         <text-buffer bufferDraw=\"1\" bufferSize=\"0.8\" bufferSizeUnits=\"MM\" \
         bufferColor=\"255,255,255,255\"/></text-style></settings></labeling>"
    )
}

/// `#rrggbb` as QGIS writes it: `r,g,b,255`.
fn rgba(colour: &str) -> String {
    let part = |from: usize| {
        colour
            .get(from..from + 2)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
            .unwrap_or(0)
    };
    format!("{},{},{},255", part(1), part(3), part(5))
}

fn sld_fill(colour: &str) -> String {
    format!("<Fill><CssParameter name=\"fill\">{colour}</CssParameter></Fill>")
}

fn sld_stroke(colour: &str, width_mm: f64) -> String {
    format!(
        "<Stroke><CssParameter name=\"stroke\">{colour}</CssParameter>\
         <CssParameter name=\"stroke-width\">{}</CssParameter></Stroke>",
        pixels(width_mm)
    )
}

/// SLD counts pixels of 0.28 mm.
fn pixels(millimetres: f64) -> f64 {
    (millimetres / 0.28 * 10.0).round() / 10.0
}

/// The nearest of the six shapes that SLD knows.
fn well_known(shape: &str) -> &'static str {
    match shape {
        "square" | "half_square" | "diamond" => "square",
        "triangle" | "arrowhead_filled" => "triangle",
        "star" | "pentagon" => "star",
        "cross2" => "x",
        _ => "circle",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_name_shape_colour_and_label() {
        let symbol = Symbol::Marker {
            shape: "pentagon",
            colour: "#b45309",
            size_mm: 4.0,
        };
        let view = FirstView {
            symbol,
            classes: None,
            label: Some("name"),
            titles: vec![("name", "名称 <a & b>".to_owned())],
        };
        let text = qml(&view);
        assert!(text.contains(r#"<prop k="name" v="pentagon"/>"#), "{text}");
        assert!(
            text.contains(r#"<prop k="color" v="180,83,9,255"/>"#),
            "{text}"
        );
        assert!(text.contains(r#"fieldName="name""#), "{text}");
        assert!(text.contains(r#"labelsEnabled="1""#), "{text}");
        assert!(
            text.contains(r#"<alias field="name" name="名称 &lt;a &amp; b&gt;"/>"#),
            "{text}"
        );
        assert!(text.contains("Labeling|Fields"), "{text}");
        assert!(sld("posts", &view).contains("<Size>14.3</Size>"));
    }

    #[test]
    fn each_class_has_its_fill() {
        let view = FirstView {
            symbol: Symbol::Line {
                colour: "#000000",
                width_mm: 1.0,
            },
            classes: Some(LookClasses {
                column: "class",
                fills: &[("#fbe48c", "low"), ("#660010", "high")],
            }),
            label: None,
            titles: Vec::new(),
        };
        let text = qml(&view);
        for part in [
            r#"type="categorizedSymbol" attr="class""#,
            r#"<category value="2" symbol="2" label="high" render="true"/>"#,
            r#"<symbol type="fill" name="2""#,
            r#"<prop k="color" v="102,0,16,255"/>"#,
            r#"styleCategories="Symbology|Labeling" "#,
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let text = sld("risk", &view);
        assert!(text.contains("<ogc:Literal>2</ogc:Literal>"), "{text}");
        assert_eq!(text.matches("<Rule>").count(), 2);
    }
}
