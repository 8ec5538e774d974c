package dev.persona.agent.activation;

import dev.persona.agent.applier.Applier;
import dev.persona.agent.applier.Appliers;
import dev.persona.agent.applier.Support;
import dev.persona.agent.applier.Verification;
import dev.persona.agent.platform.Failure;
import dev.persona.agent.platform.Permission;
import dev.persona.agent.protocol.ServerMessage.Setting;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** A look at the host for values in force that something else has changed; changes nothing. */
record Inspection(Appliers appliers, Permission permission) {
    private static final Logger LOG = Logger.getLogger(Inspection.class);

    /** @param known what the look before found: whatever drifted then keeps its instant */
    List<Drift> of(Optional<Target> inForce, List<Drift> known, Instant now) {
        Map<String, Instant> since = known.stream().collect(Collectors.toMap(Drift::parameter, Drift::since));
        List<Drift> found = new ArrayList<>();
        Set<String> places = new HashSet<>();
        inForce.ifPresent(target -> target.configuration().forEach((parameter, setting) -> {
            Instant first = since.getOrDefault(parameter, now);
            look(parameter, setting, first, places).ifPresent(drift -> {
                found.add(drift);
                if (first.equals(now)) {
                    LOG.warnf("Something else changed a value in force parameter=%s", parameter);
                }
            });
        }));
        return List.copyOf(found);
    }

    /** @param places that parameters before have set: those after are left out, as they were on the way here */
    private Optional<Drift> look(String parameter, Setting setting, Instant since, Set<String> places) {
        Optional<Applier> applier = appliers.covering(parameter);
        if (applier.isEmpty() || permission.refusal(parameter, setting.value()).isPresent()) {
            return Optional.empty();
        }
        try {
            if (applier.get().support(parameter) instanceof Support.NotSupported
                    || !places.add(appliers.place(parameter))) {
                return Optional.empty();
            }
            Verification found = applier.get().verify(parameter, setting.value());
            return found.holds()
                    ? Optional.empty()
                    : Optional.of(
                            new Drift(parameter, setting.value(), found.actual().orElse(null), null, since));
        } catch (IOException | RuntimeException failure) {
            return Optional.of(new Drift(parameter, setting.value(), null, Failure.reason(failure), since));
        }
    }
}
