package dev.persona.server.decision;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import dev.persona.server.persona.Persona;
import dev.persona.server.trigger.Trigger;
import dev.persona.server.trigger.Trigger.Threshold;
import dev.persona.server.trigger.Trigger.Threshold.Operator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Personas of thresholds on {@value #METRICS} metrics, {@value #APPLYING} of them in one group, and the reports of a host
 * of that group: nine metrics in ten drift from one to the next.
 */
public final class BusyHost {
    static final Set<String> GROUP = Set.of("group-0");
    static final Instant START = Instant.parse("2026-03-02T08:00:00Z");
    static final Duration INTERVAL = Duration.ofSeconds(5);
    static final int METRICS = 20;
    static final int APPLYING = 30;

    private final SplittableRandom random = new SplittableRandom(20_260_302);

    /** @param count of all groups together, {@value #APPLYING} or more */
    List<Persona> personas(int count) {
        List<Persona> personas = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            personas.add(persona("p-%04d".formatted(i), "group-" + i / APPLYING, 1));
        }
        return personas;
    }

    public Persona persona(String id, String group, long revision) {
        SortedMap<String, JsonNode> parameters = new TreeMap<>();
        for (int i = 0; i < 5; i++) {
            parameters.put("sysctl.vm.key_" + random.nextInt(20), IntNode.valueOf(random.nextInt(100)));
        }
        return new Persona(
                id,
                id,
                "",
                new TreeSet<>(Set.of(group)),
                random.nextInt(10),
                true,
                parameters,
                List.of(
                        new Trigger.All(List.of(above(), new Trigger.Any(List.of(above(), new Trigger.Not(above()))))),
                        above()),
                List.of(new Trigger.Not(above())),
                Duration.ofSeconds(random.nextInt(60)),
                Duration.ofSeconds(random.nextInt(60)),
                revision,
                START,
                START);
    }

    private Threshold above() {
        double value = 0.7 + random.nextInt(5) * 0.05;
        return new Threshold(
                metric(random.nextInt(METRICS)),
                Operator.GREATER,
                value,
                Duration.ofSeconds(random.nextInt(3) * 10L),
                value - 0.1,
                Duration.ofSeconds(random.nextInt(3) * 10L));
    }

    /**
     * Values between 0 and 1 that go on where the last report left them.
     *
     * @param drift how far at most
     */
    public List<Map<String, Double>> reports(int count, double drift) {
        double[] values = new double[METRICS];
        for (int i = 0; i < METRICS; i++) {
            values[i] = random.nextDouble();
        }
        List<Map<String, Double>> reports = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Map<String, Double> report = new HashMap<>();
            for (int m = 0; m < METRICS; m++) {
                if (random.nextInt(10) != 0) {
                    values[m] = Math.min(1, Math.max(0, values[m] + random.nextDouble(-drift, drift)));
                }
                report.put(metric(m), values[m]);
            }
            reports.add(report);
        }
        return reports;
    }

    private static String metric(int number) {
        return "custom.metric_" + number;
    }
}
