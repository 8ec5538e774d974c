package dev.persona.server.trigger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.persona.server.trigger.Trigger.UserProfile;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether such a user is logged in; it remembers nothing.
 *
 * @param user the name of one who is
 */
public record UserState(UserProfile leaf, Optional<String> user) implements LeafState {

    @Override
    public Truth truth() {
        return Truth.of(user.isPresent());
    }

    @Override
    public UserState next(Instant at, Surroundings surroundings) {
        Optional<String> now = surroundings.user(leaf);
        return now.equals(user) ? this : new UserState(leaf, now);
    }

    @Override
    public Instant deadline(Surroundings surroundings) {
        return NEVER;
    }

    @Override
    public JsonNode memory() {
        return JsonNodeFactory.instance.objectNode();
    }

    @Override
    public boolean remembersAs(LeafState before) {
        return true;
    }

    @Override
    public String sentence(Instant at, Surroundings surroundings) {
        return user.map(name -> "user `" + name + "` is logged in")
                .orElse("no " + TriggerText.describe(leaf) + " is logged in");
    }
}
