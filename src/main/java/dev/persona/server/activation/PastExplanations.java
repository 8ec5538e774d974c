package dev.persona.server.activation;

import dev.persona.server.decision.Explanation;
import dev.persona.server.decision.Recording;
import dev.persona.server.instance.Instance;
import dev.persona.server.instance.Instances;
import dev.persona.server.persona.PersonaReader;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.platform.Shown;
import dev.persona.server.rule.PolicyLibrary;
import jakarta.inject.Singleton;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Explains past instants: exactly where a recording speaks of them, else not at all. */
@Singleton
class PastExplanations {
    private final Fleet fleet;
    private final MachineStore store;
    private final Instances instances;
    private final PersonaReader reader;
    private final PolicyLibrary library;
    private final RecordingConfig recordings;

    PastExplanations(
            Fleet fleet,
            MachineStore store,
            Instances instances,
            PersonaReader reader,
            PolicyLibrary library,
            RecordingConfig recordings) {
        this.fleet = fleet;
        this.store = store;
        this.instances = instances;
        this.reader = reader;
        this.library = library;
        this.recordings = recordings;
    }

    /**
     * Why each persona was active or not.
     *
     * @param time RFC 3339
     * @throws PolicyException INVALID_REQUEST if it is none or to come; NOT_FOUND if the instance isn't registered, or the
     *     instant not recorded
     */
    Explanation explanation(String instanceId, String time) {
        Instant at = parse(time);
        Instance instance = instances.require(instanceId);
        List<Recording> fresh = fleet.recordings(instanceId);
        if (at.isAfter(fresh.get(fresh.size() - 1).ends())) {
            throw new PolicyException(
                    ErrorCode.INVALID_REQUEST,
                    "query parameter `at` is in the future; leave it out to have the present explained");
        }
        Optional<Recording> recording =
                fresh.stream().filter(piece -> piece.covers(at)).findFirst().or(() -> store.recording(instanceId, at));
        return recording.orElseThrow(() -> notRecorded(instance, at)).explain(at, reader, library.customRules());
    }

    private PolicyException notRecorded(Instance instance, Instant at) {
        String what = at.isBefore(instance.registeredAt())
                ? "was registered at " + instance.registeredAt() + " only; there is nothing to explain before"
                : "has no recording of " + at + ": they are kept for " + recordings.keepFor() + " and "
                        + recordings.sizePerInstance().asLongValue()
                        + " bytes (`persona.recording.keep-for`, `persona.recording.size-per-instance`), and a server"
                        + " that is killed loses up to five minutes; `GET /instances/" + instance.instanceId()
                        + "/history` tells what was decided, and why";
        return new PolicyException(ErrorCode.NOT_FOUND, "instance `" + instance.instanceId() + "` " + what);
    }

    private static Instant parse(String time) {
        try {
            return OffsetDateTime.parse(time).toInstant().truncatedTo(ChronoUnit.MICROS);
        } catch (DateTimeException e) {
            throw new PolicyException(
                    ErrorCode.INVALID_REQUEST,
                    "query parameter `at` must be an RFC 3339 time such as `2026-03-02T08:00:00Z`, but is `"
                            + Shown.text(time) + "`");
        }
    }
}
