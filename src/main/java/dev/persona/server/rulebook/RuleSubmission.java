package dev.persona.server.rulebook;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.server.platform.Faults;
import dev.persona.server.platform.JsonFields;
import java.util.List;
import java.util.Optional;

/**
 * What somebody sends to be a rule document: plain DRL, or a document with {@code name}, {@code drl} and {@code enabled}.
 *
 * @param enabled whether it is to be in force; absent leaves that as it is
 */
record RuleSubmission(Optional<String> name, String drl, Optional<Boolean> enabled) {

    /** What the server makes itself; passed over, so that what was read can be changed and sent back. */
    private static final List<String> OF_THE_SERVER = List.of(
            "origin",
            "revision",
            "status",
            "rules",
            "warnings",
            "errors",
            "last_failure",
            "created_at",
            "updated_at",
            "saved_at");

    /** @throws dev.persona.server.platform.PolicyException INVALID_DOCUMENT with every fault of the document's form */
    static RuleSubmission read(JsonNode document) {
        Faults faults = new Faults();
        Optional<RuleSubmission> submission = JsonFields.of(document, "", faults)
                .map(fields -> {
                    fields.require("drl");
                    OF_THE_SERVER.forEach(fields::node);
                    RuleSubmission read = new RuleSubmission(
                            fields.text("name"), fields.text("drl").orElse(""), fields.bool("enabled"));
                    fields.refuseUnknown();
                    return read;
                });
        faults.throwIfAny("the rule document");
        return submission.orElseThrow();
    }
}
