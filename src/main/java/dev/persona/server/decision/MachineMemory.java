package dev.persona.server.decision;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Everything of an {@link InstanceMachine} that must survive a restart.
 *
 * @param version of this form
 * @param at the last instant decided
 * @param settling whether events of that instant are still to be taken from the custom rules' sight
 * @param sight of the custom rules; absent if there are none
 * @param leaves what each trigger remembers, by its canonical text
 * @param tenures by persona
 * @param activeSince since when each persona has been active without a break, by itself or pinned
 */
@RegisterForReflection(
        targets = {
            MachineMemory.class,
            MachineMemory.Latest.class,
            Observations.Memory.class,
            Observations.Memory.Seen.class,
            RuleSight.class,
            Tenure.class,
            Decision.class,
            Decision.ActivePersona.class,
            Decision.Setting.class,
            Decision.Automatic.class,
            Decision.Conflict.class,
            Decision.Reason.class,
            Input.Metrics.class,
            Input.Users.class,
            Input.Event.class,
            Input.class,
            Input.User.class,
            Input.StandingOrders.class,
            Input.Pin.class,
            Input.Hold.class
        })
record MachineMemory(
        int version,
        Instant at,
        boolean settling,
        Optional<RuleSight> sight,
        Observations.Memory observations,
        Map<String, JsonNode> leaves,
        Map<String, Tenure> tenures,
        Map<String, Instant> activeSince,
        Input.StandingOrders orders,
        Decision decision) {

    static final int VERSION = 1;

    static final ObjectMapper JSON = JsonMapper.builder()
            .addModules(new Jdk8Module(), new JavaTimeModule())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .serializationInclusion(JsonInclude.Include.NON_ABSENT)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build();

    /** What any report may change, even one from which nothing follows; its parts are those of the whole. */
    record Latest(Instant at, boolean settling, Optional<RuleSight> sight, Observations.Memory observations) {
        JsonNode json() {
            return JSON.valueToTree(this);
        }

        /**
         * @throws IllegalArgumentException if it can't be read
         */
        static Latest of(JsonNode json) {
            return read(json, Latest.class);
        }
    }

    /** The memory that is this one, but for what any report may change. */
    MachineMemory with(Latest latest) {
        return new MachineMemory(
                version,
                latest.at(),
                latest.settling(),
                latest.sight(),
                latest.observations(),
                leaves,
                tenures,
                activeSince,
                orders,
                decision);
    }

    JsonNode json() {
        return JSON.valueToTree(this);
    }

    /**
     * @throws IllegalArgumentException if it is not the memory of a machine, or of one that this program doesn't know
     */
    static MachineMemory of(JsonNode json) {
        if (json.path("version").asInt() != VERSION) {
            throw new IllegalArgumentException(
                    "the snapshot has version `" + json.path("version") + "`; only " + VERSION + " can be read");
        }
        return read(json, MachineMemory.class);
    }

    private static <T> T read(JsonNode json, Class<T> type) {
        try {
            return JSON.treeToValue(json, type);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the snapshot can't be read: " + e.getOriginalMessage(), e);
        }
    }
}
