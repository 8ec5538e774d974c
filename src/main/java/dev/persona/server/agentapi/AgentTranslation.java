package dev.persona.server.agentapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.persona.server.activation.Acknowledgement;
import dev.persona.server.activation.Acknowledgement.Drift;
import dev.persona.server.activation.Acknowledgement.ParameterOutcome;
import dev.persona.server.activation.Report;
import dev.persona.server.decision.Decision;
import dev.persona.server.decision.Input;
import dev.persona.server.instance.Instance;
import dev.persona.server.instance.Tags;
import dev.persona.server.parameter.ParameterCatalogue;
import dev.persona.server.persona.Persona;
import dev.persona.server.platform.Faults;
import dev.persona.server.platform.JsonFields;
import dev.persona.server.platform.Shown;
import dev.persona.server.protocol.AgentMessage;
import dev.persona.server.protocol.ServerMessage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Between what is on the wire and what the server works with.
 *
 * <p>An agent is a stranger: each of its values may be missing or out of bounds, and is a fault then.
 */
final class AgentTranslation {
    private static final int MAXIMUM_PINS = 64;
    private static final int MAXIMUM_PARAMETERS = 1024;
    private static final int LONGEST_NAME = 253;
    private static final int LONGEST_REASON = 1000;
    private static final Instant END_OF_TIME = Instant.parse("9999-12-31T00:00:00Z");

    private final ParameterCatalogue catalogue;

    AgentTranslation(ParameterCatalogue catalogue) {
        this.catalogue = catalogue;
    }

    /** What a hello says besides its orders; the instance id is known to be one when there are no faults. */
    Instance.Agent agent(AgentMessage.Hello hello, Faults faults) {
        String id = text("/instance_id", hello.instanceId(), LONGEST_NAME, faults);
        if (!id.isEmpty() && !Instance.isId(id)) {
            faults.add("/instance_id", "`" + Shown.text(id) + "` is no instance id; it must be " + Instance.ID_RULE);
        }
        return new Instance.Agent(
                text("/hostname", hello.hostname(), LONGEST_NAME, faults),
                text("/agent_version", hello.agentVersion(), 64, faults),
                text("/boot_id", hello.bootId(), 64, faults));
    }

    Tags tags(@Nullable Map<String, List<String>> tags, Faults faults) {
        if (tags == null) {
            return Tags.NONE;
        }
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        tags.forEach((key, values) -> {
            if (values != null) {
                values.forEach(node.putArray(key)::add);
            }
        });
        return Tags.read(node, "/tags", faults).orElse(Tags.NONE);
    }

    Report report(AgentMessage.Report report, Faults faults) {
        Map<String, Double> metrics = new HashMap<>();
        if (report.metrics() == null) {
            faults.add("/metrics", "`metrics` is missing");
        } else {
            report.metrics().forEach((name, value) -> metrics.put(name, value == null ? Double.NaN : value));
        }
        Optional<List<Input.User>> users = Optional.ofNullable(report.users()).map(sessions -> users(sessions, faults));
        return Report.checked(metrics, users, faults);
    }

    private static List<Input.User> users(List<AgentMessage.UserSession> sessions, Faults faults) {
        List<Input.User> users = new ArrayList<>();
        for (int i = 0; i < sessions.size(); i++) {
            AgentMessage.UserSession session = sessions.get(i);
            if (session == null || session.name() == null || containsNull(session.groups())) {
                faults.add(
                        JsonFields.child("/users", Integer.toString(i)),
                        "must have a name, and groups that are strings");
            } else {
                users.add(new Input.User(
                        session.name(), session.groups() == null ? Set.of() : new HashSet<>(session.groups())));
            }
        }
        return users;
    }

    private static boolean containsNull(@Nullable List<String> texts) {
        return texts != null && texts.stream().anyMatch(text -> text == null);
    }

    Input.StandingOrders orders(AgentMessage.@Nullable Orders orders, String pointer, Faults faults) {
        if (orders == null) {
            return new Input.StandingOrders(List.of(), Optional.empty());
        }
        List<AgentMessage.Pin> told = orders.pins() == null ? List.of() : orders.pins();
        List<Input.Pin> pins = new ArrayList<>();
        if (told.size() > MAXIMUM_PINS) {
            faults.add(pointer + "/pins", "has " + told.size() + " pins; at most " + MAXIMUM_PINS + " are allowed");
        } else {
            for (int i = 0; i < told.size(); i++) {
                pin(told.get(i), pointer + "/pins/" + i, faults).ifPresent(pins::add);
            }
        }
        AgentMessage.Hold hold = orders.hold();
        return new Input.StandingOrders(
                pins,
                hold == null
                        ? Optional.empty()
                        : Optional.of(new Input.Hold(
                                text(pointer + "/hold/by", hold.by(), LONGEST_NAME, faults),
                                reason(hold.reason()).orElse(""),
                                instant(pointer + "/hold/since", hold.since(), faults),
                                until(pointer + "/hold/until", hold.until(), faults))));
    }

    private static Optional<Input.Pin> pin(AgentMessage.@Nullable Pin pin, String pointer, Faults faults) {
        if (pin == null) {
            faults.add(pointer, "must be a pin, but is null");
            return Optional.empty();
        }
        return Optional.of(new Input.Pin(
                text(pointer + "/persona_id", pin.personaId(), 64, faults),
                text(pointer + "/by", pin.by(), LONGEST_NAME, faults),
                reason(pin.reason()).orElse(""),
                instant(pointer + "/since", pin.since(), faults),
                until(pointer + "/until", pin.until(), faults)));
    }

    Acknowledgement acknowledgement(AgentMessage.Acknowledgement told, Faults faults) {
        SortedMap<String, ParameterOutcome> parameters = byParameter(
                "/parameters", told.parameters(), (pointer, outcome) -> outcome(pointer, outcome, faults), faults);
        SortedMap<String, Drift> drift =
                byParameter("/drift", told.drift(), (pointer, each) -> drift(pointer, each, faults), faults);
        Optional<Acknowledgement.Outcome> outcome =
                word(Acknowledgement.Outcome.class, "/outcome", told.outcome(), faults);
        return new Acknowledgement(
                told.revision(),
                outcome.orElse(Acknowledgement.Outcome.FAILED),
                told.revisionInForce() == null ? OptionalLong.empty() : OptionalLong.of(told.revisionInForce()),
                instant("/at", told.at(), faults),
                parameters,
                drift);
    }

    private static <T, R> SortedMap<String, R> byParameter(
            String pointer, @Nullable Map<String, T> told, BiFunction<String, T, Optional<R>> read, Faults faults) {
        SortedMap<String, R> byParameter = new TreeMap<>();
        if (told != null && told.size() > MAXIMUM_PARAMETERS) {
            faults.add(pointer, "has " + told.size() + " parameters; at most " + MAXIMUM_PARAMETERS + " are allowed");
        } else if (told != null) {
            told.forEach((name, each) ->
                    read.apply(JsonFields.child(pointer, name), each).ifPresent(known -> byParameter.put(name, known)));
        }
        return byParameter;
    }

    private static Optional<ParameterOutcome> outcome(
            String pointer, AgentMessage.@Nullable ParameterOutcome told, Faults faults) {
        return word(Acknowledgement.Status.class, pointer + "/status", told == null ? null : told.status(), faults)
                .map(status -> new ParameterOutcome(status, reason(told.reason())));
    }

    private static Optional<Drift> drift(String pointer, AgentMessage.@Nullable ParameterDrift told, Faults faults) {
        if (told == null || told.expected() == null) {
            faults.add(pointer, "must have `expected` and `since`");
            return Optional.empty();
        }
        return Optional.of(new Drift(
                cut(told.expected()),
                Optional.ofNullable(told.found()).map(AgentTranslation::cut),
                reason(told.reason()),
                instant(pointer + "/since", told.since(), faults)));
    }

    /** The decision with canonical values, so that units are understood in one place only. */
    ServerMessage.Decision decision(Decision decision) {
        return new ServerMessage.Decision(
                decision.revision(),
                decision.at(),
                personas(decision.activePersonas()),
                configuration(decision.configuration()),
                new ServerMessage.Automatic(
                        personas(decision.automatic().activePersonas()),
                        configuration(decision.automatic().configuration())));
    }

    /** The definitions of personas, with canonical values. */
    ServerMessage.Personas definitions(List<Persona> personas) {
        return new ServerMessage.Personas(personas.stream()
                .map(persona -> {
                    Map<String, JsonNode> values = new TreeMap<>();
                    persona.configurationParameters()
                            .forEach((name, value) -> values.put(name, canonical(name, value)));
                    return new ServerMessage.PersonaDefinition(
                            persona.personaId(), persona.personaName(), persona.priority(), persona.revision(), values);
                })
                .toList());
    }

    private static List<ServerMessage.ActivePersona> personas(List<Decision.ActivePersona> personas) {
        return personas.stream()
                .map(persona -> new ServerMessage.ActivePersona(
                        persona.personaId(),
                        persona.priority(),
                        persona.since(),
                        persona.source().name().toLowerCase(Locale.ROOT)))
                .toList();
    }

    private Map<String, ServerMessage.Setting> configuration(SortedMap<String, Decision.Setting> configuration) {
        Map<String, ServerMessage.Setting> settings = new TreeMap<>();
        configuration.forEach((name, setting) ->
                settings.put(name, new ServerMessage.Setting(canonical(name, setting.value()), setting.personaId())));
        return settings;
    }

    private JsonNode canonical(String name, JsonNode value) {
        return catalogue.canonical(name, value).orElse(value);
    }

    private static String text(String pointer, @Nullable String text, int longest, Faults faults) {
        if (text == null || text.isEmpty() || text.length() > longest) {
            faults.add(pointer, "must be a string of 1 to " + longest + " characters");
            return "";
        }
        return text;
    }

    /** A reason for people: cut rather than refused. */
    private static Optional<String> reason(@Nullable String reason) {
        return Optional.ofNullable(reason).map(AgentTranslation::cut);
    }

    private static String cut(String text) {
        return text.length() <= LONGEST_REASON ? text : text.substring(0, LONGEST_REASON) + "…";
    }

    private static Instant instant(String pointer, @Nullable Instant instant, Faults faults) {
        if (instant == null || instant.isBefore(Instant.EPOCH) || !instant.isBefore(END_OF_TIME)) {
            faults.add(pointer, "must be an RFC 3339 time such as `2026-03-02T08:00:00Z`, of 1970 to 9999");
            return Instant.EPOCH;
        }
        return instant;
    }

    private static Optional<Instant> until(String pointer, @Nullable Instant until, Faults faults) {
        return until == null ? Optional.empty() : Optional.of(instant(pointer, until, faults));
    }

    private static <E extends Enum<E>> Optional<E> word(
            Class<E> type, String pointer, @Nullable String word, Faults faults) {
        Optional<E> constant = Arrays.stream(type.getEnumConstants())
                .filter(candidate -> candidate.name().toLowerCase(Locale.ROOT).equals(word))
                .findFirst();
        if (constant.isEmpty()) {
            String words = String.join(
                    "`, `",
                    Arrays.stream(type.getEnumConstants())
                            .map(candidate -> candidate.name().toLowerCase(Locale.ROOT))
                            .toList());
            faults.add(pointer, "must be one of `" + words + "`");
        }
        return constant;
    }
}
