package dev.persona.agent.journal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.persona.agent.platform.Content;
import dev.persona.agent.platform.Ownership;
import dev.persona.agent.platform.Snapshot;
import java.io.IOException;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/** One line of the journal, as JSON; what an operator reads when nothing else is left. */
sealed interface JournalRecord {

    /** Remember this original. */
    record Saved(Original original) implements JournalRecord {}

    /** The parameter has its original again. */
    record Forgotten(String parameter) implements JournalRecord {}

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static JsonNode toJson(JournalRecord record) {
        if (record instanceof Forgotten forgotten) {
            return object().put("forgotten", forgotten.parameter());
        }
        Original original = ((Saved) record).original();
        ObjectNode json = object().put("saved", original.parameter())
                .put("at", original.savedAt().toString())
                .put("boot_id", original.bootId())
                .put("revision", original.revision());
        original.snapshot().content().ifPresent(content -> content.text()
                .ifPresentOrElse(text -> json.put("text", text), () -> json.put("base64", content.base64())));
        original.snapshot().ownership().ifPresent(owner -> json.put("uid", owner.uid())
                .put("gid", owner.gid())
                .put("mode", owner.mode()));
        return json;
    }

    /** @throws IOException if the JSON is no record of this journal */
    static JournalRecord fromJson(JsonNode json) throws IOException {
        try {
            if (json.has("forgotten")) {
                return new Forgotten(json.get("forgotten").textValue());
            }
            return new Saved(new Original(
                    json.required("saved").textValue(),
                    new Snapshot(content(json), ownership(json)),
                    Instant.parse(json.required("at").textValue()),
                    json.required("boot_id").textValue(),
                    json.required("revision").longValue()));
        } catch (RuntimeException otherShape) {
            throw new IOException("no record of this journal", otherShape);
        }
    }

    private static Optional<Content> content(JsonNode json) {
        if (json.has("text")) {
            return Optional.of(Content.of(json.get("text").textValue()));
        }
        return Optional.ofNullable(json.get("base64"))
                .map(base64 -> Content.of(Base64.getDecoder().decode(base64.textValue())));
    }

    private static Optional<Ownership> ownership(JsonNode json) {
        return json.has("uid")
                ? Optional.of(new Ownership(
                        json.get("uid").intValue(),
                        json.required("gid").intValue(),
                        json.required("mode").intValue()))
                : Optional.empty();
    }
}
