package dev.persona.server.instance;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Optional;

/**
 * What runs on an instance, as shown in the list of instances.
 *
 * @param revision of the decision in force, 0 if there is none
 * @param activePersonas ids in order of rank
 * @param held whether its agent holds it: nothing is applied
 * @param lastApply the latest acknowledgement of its agent, without the parameters that are in force; absent before
 *     the first
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record Standing(long revision, List<String> activePersonas, boolean held, Optional<JsonNode> lastApply) {
    /** What runs on an instance that the fleet doesn't know, such as one that is being deleted. */
    public static final Standing NONE = new Standing(0, List.of(), false, Optional.empty());

    public Standing {
        activePersonas = List.copyOf(activePersonas);
    }

    /** Knows what runs on each instance: the running fleet. */
    public interface Standings {

        /** What runs on an instance; {@link #NONE} if the fleet doesn't know it. */
        Standing of(String instanceId);
    }
}
