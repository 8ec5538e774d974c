package dev.persona.server.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.server.decision.Decision;
import dev.persona.server.decision.Decision.Reason;
import dev.persona.server.decision.Explanation.ExplainedPersona;
import dev.persona.server.decision.InstanceMachine;
import dev.persona.server.decision.RandomStory;
import dev.persona.server.parameter.ParameterCatalogue;
import dev.persona.server.persona.Persona;
import dev.persona.server.persona.PersonaReader;
import dev.persona.server.persona.PersonaWarning;
import dev.persona.server.persona.PersonaWarning.Kind;
import dev.persona.server.persona.PersonaWriter;
import dev.persona.server.platform.Faults;
import dev.persona.server.rule.Policy;
import dev.persona.server.rule.RandomPersonas;
import dev.persona.server.rule.ShippedRules;
import dev.persona.server.simulation.ScenarioReader;
import dev.persona.server.simulation.Simulation;
import dev.persona.server.simulation.SimulationAnswer;
import dev.persona.server.trigger.Trigger;
import dev.persona.server.trigger.Trigger.Threshold;
import dev.persona.server.trigger.TriggerReader;
import dev.persona.server.trigger.Truth;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Whatever is said of random personas: random timelines never contradict it, and every witness shows what it is said to. */
class AnalysisPropertyTest {
    private static final Set<Kind> NOT_ABOUT_THE_ENGINE =
            Set.of(Kind.INCOMPLETE, Kind.APPLIES_NOWHERE, Kind.UNFAMILIAR_METRIC, Kind.VALUE_OUT_OF_RANGE);
    private static final int CASES = Integer.getInteger("property.cases", 500);
    private static final long SEED = Long.getLong("property.seed", 20_261_123L);
    private static final int TIMELINES = 4;
    private static final Instant NOW = Instant.parse("2026-03-02T07:59:00Z");
    private static final ParameterCatalogue CATALOGUE = new ParameterCatalogue();
    private static final PersonaReader READER = new PersonaReader(CATALOGUE, new TriggerReader(ZoneOffset.UTC));

    @Test
    void what_is_said_of_personas_is_true_of_the_engine() {
        Map<Kind, Integer> said = new EnumMap<>(Kind.class);
        for (int i = 0; i < CASES; i++) {
            long seed = SEED + i;
            SplittableRandom random = new SplittableRandom(seed);
            List<Persona> personas = personas(random);
            Persona persona = personas.get(0);
            List<PersonaWarning> warnings =
                    new Analysis(CATALOGUE, persona, personas.subList(1, personas.size()), NOW).warnings();
            String name = "-Dproperty.cases=1 -Dproperty.seed=" + seed;
            for (PersonaWarning warning : warnings) {
                said.merge(warning.kind(), 1, Integer::sum);
                warning.witness().ifPresent(witness -> checkWitness(name, warning, witness, personas));
            }
            for (int timeline = 0; timeline < TIMELINES && !warnings.isEmpty(); timeline++) {
                checkTimeline(name, warnings, persona, personas, random);
            }
        }
        for (Kind kind : Kind.values()) {
            if (!NOT_ABOUT_THE_ENGINE.contains(kind)) {
                assertThat(said.getOrDefault(kind, 0)).as("said %s", kind).isPositive();
            }
        }
    }

    /** Three that can be saved, made so that they often contradict themselves or each other. */
    private static List<Persona> personas(SplittableRandom random) {
        RandomPersonas any = new RandomPersonas(random, NOW);
        List<Persona> personas = new ArrayList<>();
        while (personas.size() < 3) {
            Persona made = any.persona("p" + personas.size(), 1);
            Persona persona = contrived(random, any, made, personas);
            if (persona.enabled()
                    && READER.read(PersonaWriter.write(persona), "", new Faults(), NOW)
                            .isPresent()) {
                personas.add(persona);
            }
        }
        return personas;
    }

    private static Persona contrived(
            SplittableRandom random, RandomPersonas any, Persona made, List<Persona> personas) {
        List<Trigger> activation = made.activationTriggers();
        List<Trigger> deactivation = made.deactivationTriggers();
        if (random.nextInt(3) == 0) {
            activation = List.of(new Trigger.All(List.of(any.trigger(0), any.trigger(1), any.trigger(0))));
        } else if (random.nextInt(3) == 0 && !personas.isEmpty()) {
            activation = personas.get(0).activationTriggers();
            deactivation = personas.get(0).deactivationTriggers();
        }
        if (random.nextInt(4) == 0) {
            deactivation = List.of(any.trigger(0), new Trigger.Any(activation));
        } else if (random.nextInt(4) == 0) {
            activation = List.of(any.trigger(0));
            deactivation = List.of(any.trigger(0));
        }
        if (random.nextInt(12) == 0) {
            Trigger trigger = any.trigger(1);
            activation = List.of(new Trigger.All(List.of(any.trigger(0), trigger, new Trigger.Not(trigger))));
        }
        if (random.nextInt(12) == 0) {
            deactivation = activation;
        }
        boolean simple = random.nextBoolean();
        return new Persona(
                made.personaId(),
                made.personaName(),
                "",
                made.personaGroups(),
                made.priority(),
                made.enabled(),
                made.configurationParameters(),
                activation,
                deactivation,
                simple ? Duration.ZERO : made.minimumActive(),
                simple ? Duration.ZERO : made.cooldown(),
                1,
                NOW,
                NOW);
    }

    private static void checkTimeline(
            String name,
            List<PersonaWarning> warnings,
            Persona persona,
            List<Persona> personas,
            SplittableRandom random) {
        RandomStory story = new RandomStory(random);
        Set<String> groups =
                random.nextBoolean() ? Set.of(persona.personaGroups().first()) : Set.copyOf(RandomPersonas.GROUPS);
        InstanceMachine machine = new InstanceMachine(
                "i-1",
                Duration.ofSeconds(random.nextInt(1, 40)),
                Policy.compile(groups, personas, List.of()),
                Optional.empty(),
                NOW);
        Instant at = NOW;
        for (int step = 0; step < 60; step++) {
            for (Decision decision : machine.advance(at, story.inputs())) {
                warnings.forEach(warning -> check(name + " " + warning, warning, persona.personaId(), decision));
            }
            if (warnings.stream().anyMatch(warning -> warning.kind() == Kind.DEACTIVATION_IMPLIED)) {
                machine.explanation().personas().stream()
                        .filter(seen -> seen.personaId().equals(persona.personaId()))
                        .forEach(seen -> checkImplied(name, seen));
            }
            at = at.plusSeconds(random.nextInt(1, 8));
        }
    }

    private static void check(String name, PersonaWarning warning, String id, Decision decision) {
        switch (warning.kind()) {
            case NEVER_ACTIVATES ->
                assertThat(decision.activePersonas()).as(name).noneMatch(active -> active.personaId()
                        .equals(id));
            case NEVER_DEACTIVATES ->
                assertThat(decision.reasons())
                        .as(name)
                        .noneMatch(reason ->
                                reason.personaId().equals(id) && reason.change() == Reason.Change.DEACTIVATED);
            case ALWAYS_SHADOWED ->
                assertThat(decision.configuration().values()).as(name).noneMatch(setting -> setting.personaId()
                        .equals(id));
            case ALWAYS_SHADOWS ->
                assertThat(decision.configuration().values()).as(name).noneMatch(setting -> warning.others()
                        .contains(setting.personaId()));
            default -> {}
        }
    }

    private static void checkImplied(String name, ExplainedPersona seen) {
        boolean begins = seen.activationTriggers().stream().anyMatch(trigger -> trigger.truth() == Truth.TRUE);
        boolean ends = seen.deactivationTriggers().stream().anyMatch(trigger -> trigger.truth() == Truth.TRUE);
        assertThat(ends || !begins).as(name).isTrue();
    }

    /** Plays the witness's scenario as a caller would. */
    private static void checkWitness(String name, PersonaWarning warning, JsonNode witness, List<Persona> personas) {
        ScenarioReader reader = new ScenarioReader(READER, () -> personas, new ShippedRules());
        SimulationAnswer answer = Simulation.run(reader.read(witness.get("scenario")), List.of());
        String id = personas.get(0).personaId();
        switch (warning.kind()) {
            case UNDECIDED_CONFLICT -> {
                Decision last = answer.decisions().get(answer.decisions().size() - 1);
                assertThat(last.at())
                        .as(name)
                        .isBeforeOrEqualTo(Instant.parse(witness.get("at").asText()));
                assertThat(last.conflicts()).as(name).anyMatch(conflict -> Set.of(
                                id, warning.others().get(0))
                        .equals(Set.of(conflict.winner(), conflict.losers().get(0))));
            }
            case DEACTIVATION_IMPLIED ->
                assertThat(answer.summary().get(id).activations()).as(name).isGreaterThanOrEqualTo(3);
            case OVERLAPPING_BAND -> {
                int place = Integer.parseInt(warning.pointer().replaceAll("\\D+", ""));
                Threshold ends =
                        (Threshold) personas.get(0).deactivationTriggers().get(place);
                double value = witness.at("/metrics/" + ends.metric()).asDouble();
                assertThat(ends.operator().test(value, ends.value())).as(name).isTrue();
                assertThat(personas.get(0).activationTriggers())
                        .as(name)
                        .anyMatch(trigger -> trigger instanceof Threshold begins
                                && begins.metric().equals(ends.metric())
                                && begins.operator().test(value, begins.value()));
            }
            default -> throw new AssertionError(name + " has a witness");
        }
    }
}
