package dev.persona.agent.activation;

import dev.persona.agent.activation.ActivePersonas.ActivePersona;
import dev.persona.agent.protocol.AgentMessage.Pin;
import dev.persona.agent.protocol.ServerMessage.Decision;
import dev.persona.agent.protocol.ServerMessage.PersonaDefinition;
import dev.persona.agent.protocol.ServerMessage.Setting;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the host should run: pins laid over what holds automatically.
 *
 * <p>Pins rank above all automatic personas, among themselves by priority, equal ones by the persona id that sorts
 * first; the first claim of a parameter wins.
 *
 * @param decision whose automatic part this holds; absent if there is none
 * @param activePersonas in order of rank
 * @param configuration by parameter, sorted
 */
@RegisterForReflection
record Target(@Nullable Decision decision, List<ActivePersona> activePersonas, Map<String, Setting> configuration) {

    Target {
        activePersonas = List.copyOf(activePersonas);
        configuration = Collections.unmodifiableSortedMap(new TreeMap<>(configuration));
    }

    static Target of(Optional<Decision> decision, List<Pin> pins, Collection<PersonaDefinition> personas) {
        Map<String, Pin> pinned = pins.stream().collect(Collectors.toMap(Pin::personaId, Function.identity()));
        List<ActivePersona> active = new ArrayList<>();
        Map<String, Setting> configuration = new LinkedHashMap<>();
        personas.stream()
                .filter(persona -> pinned.containsKey(persona.personaId()))
                .sorted(Comparator.comparingInt(PersonaDefinition::priority)
                        .reversed()
                        .thenComparing(PersonaDefinition::personaId))
                .forEach(persona -> {
                    Pin pin = pinned.get(persona.personaId());
                    active.add(new ActivePersona(pin.personaId(), persona.priority(), pin.since(), "pin", pin.until()));
                    persona.configurationParameters()
                            .forEach((parameter, value) ->
                                    configuration.putIfAbsent(parameter, new Setting(value, persona.personaId())));
                });
        decision.map(Decision::automatic).ifPresent(automatic -> {
            automatic.activePersonas().stream()
                    .filter(persona -> !pinned.containsKey(persona.personaId()))
                    .forEach(persona -> active.add(new ActivePersona(
                            persona.personaId(), persona.priority(), persona.since(), persona.source(), null)));
            automatic.configuration().forEach(configuration::putIfAbsent);
        });
        return new Target(decision.orElse(null), active, configuration);
    }
}
