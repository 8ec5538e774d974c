package dev.persona.server.simulation;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.persona.server.decision.Decision;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.rule.RuleDocument;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;

/** Runs a simulation and writes each decision when it is made, as a line of JSON; a caller who reads slowly slows it down. */
final class SimulationStream implements StreamingOutput {
    private final Scenario scenario;
    private final List<RuleDocument> customRules;
    private final Runnable stillWanted;
    private final ObjectMapper json;

    /** @param stillWanted asked before each instant; what it throws ends the simulation */
    SimulationStream(Scenario scenario, List<RuleDocument> customRules, Runnable stillWanted, ObjectMapper json) {
        this.scenario = scenario;
        this.customRules = customRules;
        this.stillWanted = stillWanted;
        this.json = json;
    }

    @Override
    public void write(OutputStream body) {
        try {
            write(body, Simulation.run(scenario, customRules, new Teller(body)));
        } catch (PolicyException e) {
            write(
                    body,
                    new SimulationLine.Refused(
                            new SimulationLine.Refusal(e.code(), e.code().title(), e.getMessage())));
        }
    }

    private void write(OutputStream body, Object line) {
        try {
            body.write(json.writeValueAsBytes(line));
            body.write('\n');
            body.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class Teller implements SimulationAudience {
        private final OutputStream body;

        Teller(OutputStream body) {
            this.body = body;
        }

        @Override
        public void decided(Decision decision) {
            write(body, new SimulationLine.Decided(decision));
        }

        @Override
        public void progressed(Instant at, double fraction) {
            write(body, new SimulationLine.Progressed(new SimulationLine.Progress(at, fraction)));
        }

        @Override
        public void stillThere() {
            stillWanted.run();
        }
    }
}
