package dev.persona.server.simulation;

/** What the OpenAPI document shows of simulations. */
final class SimulationExamples {
    /** Declared in {@code META-INF/openapi.yaml}, for all packages. */
    static final String PROBLEM = "Problem";

    static final String SCENARIO =
            """
            {"description": "load activates, calm deactivates",
             "personas": [{"persona_id": "busy", "persona_groups": ["db"], "priority": 10,
                           "configuration_parameters": {"cpu.weight": 800},
                           "activation_triggers": [{"type": "resource_utilization_thresholds", "metric": "system.cpu.utilization",
                                                    "operator": ">", "value": 0.8, "for": "PT1M"}]}],
             "instance": {"instance_id": "i-1", "tags": {"persona_group": "db"}},
             "start": "2026-03-02T08:00:00Z",
             "timeline": [{"at": "PT0S", "every": "PT10S", "metrics": {"system.cpu.utilization": "0.9x12 0.2"}}],
             "expect": [{"at": "PT1M", "active": ["busy"], "configuration": {"cpu.weight": 800}}],
             "until": "PT3M"}
            """;
    static final String TRACED =
            """
            {"persona_ids": ["db-high-performance"],
             "instance": {"tags": {"persona_group": "db"}},
             "trace": {"format": "prometheus", "metric": "system.cpu.utilization",
                       "data": {"status": "success",
                                "data": {"resultType": "matrix",
                                         "result": [{"metric": {}, "values": [[1772438400, "0.9"], [1772438460, "0.85"]]}]}}}}
            """;
    static final String CSV =
            """
            time,system.cpu.utilization,system.memory.utilization
            2026-03-02T08:00:00Z,0.91,0.4
            2026-03-02T08:01:00Z,0.93,
            """;
    static final String NDJSON =
            """
            {"time": "2026-03-02T08:00:00Z", "metrics": {"system.cpu.utilization": 0.91}, "users": ["alice"]}
            {"time": "2026-03-02T08:01:00Z", "event": {"type": "com.example.alert", "data": {"severity": "critical"}}}
            """;
    static final String ANSWER =
            """
            {"decisions": [{"at": "2026-03-02T08:01:00Z", "revision": 2,
                            "active_personas": [{"persona_id": "busy", "priority": 10, "since": "2026-03-02T08:01:00Z",
                                                 "source": "trigger"}],
                            "configuration": {"cpu.weight": {"value": 800, "persona_id": "busy"}},
                            "conflicts": [],
                            "reasons": [{"persona_id": "busy", "change": "activated",
                                         "detail": "`system.cpu.utilization` 0.9 > 0.8 for PT1M"}]}],
             "unmet": [],
             "summary": {"busy": {"activations": 1, "active_for": "PT1M", "switches_per_day": 2.0, "flaps": 1, "contested": {}}}}
            """;
    static final String STREAM =
            """
            {"decision": {"at": "2026-03-02T08:00:00Z", "revision": 1, "active_personas": [], "configuration": {}, "conflicts": [], "reasons": []}}
            {"progress": {"at": "2026-03-02T08:01:00Z", "fraction": 0.33}}
            {"unmet": [], "summary": {"busy": {"activations": 1, "active_for": "PT1M", "switches_per_day": 2.0, "flaps": 1, "contested": {}}}}
            """;

    private SimulationExamples() {}
}
