package dev.persona.server.decision;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.persona.server.persona.Persona;
import dev.persona.server.persona.PersonaReader;
import dev.persona.server.persona.PersonaWriter;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.Faults;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.rule.Policy;
import dev.persona.server.rule.RuleDocument;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/**
 * What an instance's machine was at an instant, and all that it was told after that: enough to be it again at any instant
 * in between.
 *
 * @param begins the machine's last instant when the recording began; it speaks of what comes after
 * @param ends the last instant that it speaks of
 * @param content gzip of JSON lines: {@link Beginning}, then one {@link Told} for each instant with inputs
 */
public record Recording(String instanceId, Instant begins, Instant ends, byte[] content) {

    /** The machine and what it was subject to. */
    @RegisterForReflection
    record Beginning(JsonNode snapshot, Duration staleAfter, Subject subject) {}

    /** The personas of a policy, in the form of documents. */
    @RegisterForReflection
    record Subject(Set<String> groups, List<JsonNode> personas, boolean customRules) {
        static Subject of(Policy policy) {
            return new Subject(
                    policy.groups(),
                    policy.personas().stream()
                            .<JsonNode>map(PersonaWriter::write)
                            .toList(),
                    policy.hasCustomRules());
        }
    }

    /** The inputs of one instant. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    record Told(
            Instant at,
            List<Input.Metrics> metrics,
            List<Input.Users> users,
            List<Input.Event> events,
            Optional<Input.StandingOrders> orders,
            Optional<Subject> subject) {

        Told {
            metrics = metrics == null ? List.of() : metrics;
            users = users == null ? List.of() : users;
            events = events == null ? List.of() : events;
        }

        static Told of(Instant at, List<Input> inputs) {
            return new Told(
                    at,
                    only(Input.Metrics.class, inputs),
                    only(Input.Users.class, inputs),
                    only(Input.Event.class, inputs),
                    last(only(Input.StandingOrders.class, inputs)),
                    last(only(Input.PolicyChange.class, inputs)).map(change -> Subject.of(change.policy())));
        }

        private static <T extends Input> List<T> only(Class<T> type, List<Input> inputs) {
            return inputs.stream().filter(type::isInstance).map(type::cast).toList();
        }

        private static <T> Optional<T> last(List<T> inputs) {
            return inputs.isEmpty() ? Optional.empty() : Optional.of(inputs.get(inputs.size() - 1));
        }
    }

    /** Whether it speaks of an instant. */
    public boolean covers(Instant at) {
        return begins.isBefore(at) && !at.isAfter(ends);
    }

    /**
     * Explains an instant: the machine is restored, and told again what it was told.
     *
     * @param at one that the recording {@link #covers}
     * @param customRules those of now; whether they took part then is said in the explanation
     * @throws PolicyException INTERNAL_FAILURE if the recording can't be read by this version of the server
     */
    public Explanation explain(Instant at, PersonaReader reader, List<RuleDocument> customRules) {
        ObjectReader lines = MachineMemory.JSON.reader().with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
        try (GZIPInputStream content = new GZIPInputStream(new ByteArrayInputStream(this.content));
                MappingIterator<JsonNode> values = lines.forType(JsonNode.class).readValues(content)) {
            Beginning beginning = lines.treeToValue(values.nextValue(), Beginning.class);
            boolean hadRules = beginning.subject().customRules();
            InstanceMachine machine = new InstanceMachine(
                    instanceId,
                    beginning.staleAfter(),
                    policy(beginning.subject(), reader, customRules),
                    Optional.of(beginning.snapshot()),
                    begins);
            while (values.hasNextValue()) {
                Told told = lines.treeToValue(values.nextValue(), Told.class);
                if (told.at().isAfter(at)) {
                    break;
                }
                List<Input> inputs = new ArrayList<>();
                inputs.addAll(told.metrics());
                inputs.addAll(told.users());
                inputs.addAll(told.events());
                told.orders().ifPresent(inputs::add);
                if (told.subject().isPresent()) {
                    hadRules |= told.subject().get().customRules();
                    inputs.add(new Input.PolicyChange(policy(told.subject().get(), reader, customRules)));
                }
                machine.advance(told.at(), inputs);
            }
            if (machine.now().isBefore(at) || machine.decision().revision() == 0) {
                machine.advance(at, List.of());
            }
            Explanation explanation = machine.explanation();
            return hadRules
                    ? explanation.noting("custom rules took part; they are applied here as they read now")
                    : explanation;
        } catch (IOException | IllegalArgumentException e) {
            PolicyException failure = new PolicyException(
                    ErrorCode.INTERNAL_FAILURE,
                    "the recording of instance `" + instanceId + "` from " + begins + " on can't be read");
            failure.initCause(e);
            throw failure;
        }
    }

    private static Policy policy(Subject subject, PersonaReader reader, List<RuleDocument> customRules) {
        List<Persona> personas = new ArrayList<>();
        Faults faults = new Faults();
        for (JsonNode document : subject.personas()) {
            Instant createdAt = Instant.parse(document.path("created_at").asText());
            reader.read(document, "", faults, createdAt)
                    .map(persona -> persona.at(
                            document.path("revision").asLong(),
                            createdAt,
                            Instant.parse(document.path("updated_at").asText())))
                    .ifPresent(personas::add);
        }
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException("a recorded persona has faults: " + faults.list());
        }
        return Policy.compile(subject.groups(), personas, customRules);
    }
}
