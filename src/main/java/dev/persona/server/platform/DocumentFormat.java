package dev.persona.server.platform;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;

/**
 * Reads JSON and YAML documents that strangers wrote.
 *
 * <p>Both give the same tree: decimal numbers keep their digits, and a tree holds nothing that a database or a rule can't.
 * Words such as {@code yes} and {@code no} are text, as in YAML 1.2. Refused are more bytes or deeper nesting than configured, duplicate keys, anything after the document, bytes that
 * aren't UTF-8, NaN and infinity, NUL and half surrogates; in YAML also aliases and tags, so that no document is larger
 * in memory than it looks.
 */
public final class DocumentFormat {
    private static final int LONGEST_NUMBER = 100;
    private static final int LONGEST_NAME = 1_000;

    /** What Jackson's messages say about Jackson. */
    private static final Pattern OF_THE_LIBRARY = Pattern.compile(
            "( for `ObjectNode`)?: not allowed .*| \\((of type|bound as|start marker) .*|, from `[^`]*`(?=\\))|: enable `.*");

    private final int maximumBytes;
    private final ObjectMapper json;
    private final ObjectMapper yaml;

    /**
     * @param maximumBytes of one document, positive
     * @param maximumDepth of objects and arrays within one another, positive
     */
    public DocumentFormat(int maximumBytes, int maximumDepth) {
        this.maximumBytes = maximumBytes;
        StreamReadConstraints constraints = StreamReadConstraints.builder()
                .maxNestingDepth(maximumDepth)
                .maxNumberLength(LONGEST_NUMBER)
                .maxNameLength(LONGEST_NAME)
                .maxStringLength(maximumBytes)
                .build();
        LoaderOptions yamlLimits = new LoaderOptions();
        yamlLimits.setCodePointLimit(maximumBytes);
        yamlLimits.setNestingDepthLimit(maximumDepth);
        this.json =
                mapper(JsonFactory.builder().streamReadConstraints(constraints).build());
        this.yaml = mapper(YAMLFactory.builder()
                .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
                .streamReadConstraints(constraints)
                .loaderOptions(yamlLimits)
                .build());
    }

    /** As the API is configured. */
    public static DocumentFormat of(ApiConfig config) {
        return new DocumentFormat(Math.toIntExact(config.maxDocumentSize().asLongValue()), config.maxNestingDepth());
    }

    private static ObjectMapper mapper(JsonFactory factory) {
        return new ObjectMapper(factory)
                .configure(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION.mappedFeature(), false)
                .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .configure(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES, false);
    }

    /** How many bytes of a body have to be read to know that it is too large. */
    int readLimit() {
        return maximumBytes + 1;
    }

    /**
     * Reads a JSON document.
     *
     * @throws PolicyException TOO_LARGE, MALFORMED_DOCUMENT; INVALID_DOCUMENT for text or numbers that nothing can hold
     */
    public JsonNode readJson(byte[] document) {
        String text = decode(document);
        try {
            return checked(json.readTree(text));
        } catch (JsonProcessingException e) {
            throw malformed("JSON", e);
        } catch (NumberFormatException e) {
            // Jackson lets this one through: an exponent that no decimal number can have.
            throw new PolicyException(
                    ErrorCode.MALFORMED_DOCUMENT, "the JSON has a number whose exponent is out of bounds");
        }
    }

    /**
     * Reads a YAML document.
     *
     * @throws PolicyException TOO_LARGE, MALFORMED_DOCUMENT; INVALID_DOCUMENT for text or numbers that nothing can hold
     */
    public JsonNode readYaml(byte[] document) {
        String text = decode(document);
        try (JsonParser parser = new PlainYaml((YAMLParser) yaml.createParser(text))) {
            return checked(yaml.readTree(parser));
        } catch (JsonProcessingException e) {
            throw malformed("YAML", e);
        } catch (IOException e) {
            throw new PolicyException(ErrorCode.MALFORMED_DOCUMENT, "the YAML can't be read");
        }
    }

    /**
     * Reads a text.
     *
     * @throws PolicyException TOO_LARGE, MALFORMED_DOCUMENT; INVALID_DOCUMENT for text that nothing can hold
     */
    public String readText(byte[] document) {
        String text = decode(document);
        Faults faults = new Faults();
        checkText(text, "", faults);
        faults.throwIfAny("the text");
        return text;
    }

    private String decode(byte[] document) {
        if (document.length > maximumBytes) {
            throw new PolicyException(
                    ErrorCode.TOO_LARGE,
                    "the document is larger than " + maximumBytes
                            + " bytes; `persona.api.max-document-size` is the limit");
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(document))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new PolicyException(ErrorCode.MALFORMED_DOCUMENT, "the document isn't encoded in UTF-8");
        }
    }

    private static JsonNode checked(JsonNode document) {
        if (document == null || document.isMissingNode()) {
            throw new PolicyException(ErrorCode.MALFORMED_DOCUMENT, "the document is empty");
        }
        Faults faults = new Faults();
        check(document, "", faults);
        faults.throwIfAny("the document");
        return document;
    }

    private static void check(JsonNode node, String pointer, Faults faults) {
        if (node.isObject()) {
            node.properties().forEach(field -> {
                String place = JsonFields.child(pointer, field.getKey());
                checkText(field.getKey(), place, faults);
                check(field.getValue(), place, faults);
            });
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                check(node.get(i), pointer + "/" + i, faults);
            }
        } else if (node.isTextual()) {
            checkText(node.textValue(), pointer, faults);
        } else if (node.isFloatingPointNumber() && !Double.isFinite(node.doubleValue())) {
            faults.add(pointer, "must be a finite number");
        }
    }

    private static void checkText(String text, String pointer, Faults faults) {
        boolean unstorable =
                text.codePoints().anyMatch(c -> c == 0 || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
        if (unstorable) {
            faults.add(
                    pointer.replace("\0", "\\u0000"), "holds a NUL character or half a surrogate pair; leave it out");
        }
    }

    private static PolicyException malformed(String format, JsonProcessingException e) {
        String place = e.getLocation() == null
                ? ""
                : " at line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr();
        return new PolicyException(
                ErrorCode.MALFORMED_DOCUMENT, "the " + format + " can't be read" + place + ": " + reason(e));
    }

    private static String reason(JsonProcessingException e) {
        if (e.getCause() instanceof org.yaml.snakeyaml.error.MarkedYAMLException marked
                && marked.getProblem() != null) {
            return marked.getProblem();
        }
        String message =
                String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
        return OF_THE_LIBRARY.matcher(message).replaceAll("");
    }

    /** YAML without what makes it more than a way to write JSON: aliases could expand without end, tags name types. */
    private static final class PlainYaml extends JsonParserDelegate {
        private final YAMLParser parser;

        PlainYaml(YAMLParser parser) {
            super(parser);
            this.parser = parser;
        }

        @Override
        public JsonToken nextToken() throws IOException {
            JsonToken token = super.nextToken();
            if (parser.isCurrentAlias()) {
                throw new JsonParseException(parser, "aliases (`*name`) are not taken; write the value out");
            }
            if (parser.getTypeId() != null) {
                throw new JsonParseException(parser, "tags (`!name`) are not taken; leave them out");
            }
            return token;
        }

        @Override
        public String nextFieldName() throws IOException {
            return nextToken() == JsonToken.FIELD_NAME ? currentName() : null;
        }
    }
}
