package dev.persona.agent.activation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A parameter that this agent has set again, because something else had changed it.
 *
 * @param times lately, within the time of the limit
 * @param last when the last time
 * @param leftAlone whether the limit is reached, and it is left to whoever changes it
 * @param failure why the last correction came to nothing, absent if it did not
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Correction(String parameter, int times, Instant last, boolean leftAlone, @Nullable String failure) {}
