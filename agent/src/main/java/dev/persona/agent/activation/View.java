package dev.persona.agent.activation;

import dev.persona.agent.journal.Original;
import dev.persona.agent.protocol.AgentMessage.Acknowledgement;
import dev.persona.agent.protocol.AgentMessage.Orders;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What can be seen of the enforcement from outside, as the last call left it; immutable, so that nobody has to wait. */
record View(
        Optional<Acknowledgement> acknowledgement,
        Orders orders,
        Optional<Instant> nextExpiry,
        EnforcementStatus status,
        ActivePersonas active,
        List<OriginalValue> originals) {

    static final View NOTHING = new View(
            Optional.empty(),
            new Orders(List.of(), null),
            Optional.empty(),
            new EnforcementStatus(
                    null, null, null, null, null, List.of(), null, Map.of(), List.of(), List.of(), List.of()),
            new ActivePersonas(null, null, List.of(), Map.of()),
            List.of());

    static View of(
            Memory memory,
            Optional<Acknowledgement> last,
            Optional<String> failedAt,
            Map<String, ParameterStatus> statuses,
            List<Drift> drift,
            List<Correction> corrections,
            List<String> warnings) {
        Standing standing = memory.standing();
        EnforcementStatus status = new EnforcementStatus(
                standing.revision().orElse(null),
                standing.revisionInForce().orElse(null),
                last.map(Acknowledgement::outcome).orElse(null),
                failedAt.orElse(null),
                last.map(Acknowledgement::at).orElse(null),
                standing.pins(),
                standing.hold(),
                statuses,
                drift,
                corrections,
                Stream.concat(memory.warnings().stream(), warnings.stream()).toList());
        Optional<Target> inForce = Optional.ofNullable(standing.inForce());
        ActivePersonas active = new ActivePersonas(
                standing.revisionInForce().orElse(null),
                standing.hold(),
                inForce.map(Target::activePersonas).orElse(List.of()),
                inForce.map(Target::configuration).orElse(Map.of()));
        return new View(
                last.map(said -> new Acknowledgement(
                        said.revision(),
                        said.outcome(),
                        said.revisionInForce(),
                        said.at(),
                        said.parameters(),
                        Drift.told(drift))),
                new Orders(standing.pins(), standing.hold()),
                standing.nextExpiry(),
                status,
                active,
                memory.originals().stream().map(View::shown).toList());
    }

    private static OriginalValue shown(Original original) {
        return new OriginalValue(
                original.parameter(),
                original.snapshot().shown().orElse(null),
                original.savedAt(),
                original.bootId(),
                original.revision());
    }
}
