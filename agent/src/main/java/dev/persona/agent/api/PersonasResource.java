package dev.persona.agent.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.persona.agent.activation.ActivePersonas;
import dev.persona.agent.activation.Drift;
import dev.persona.agent.activation.Enforcement;
import dev.persona.agent.activation.EnforcementStatus;
import dev.persona.agent.activation.OriginalValue;
import dev.persona.agent.activation.ParameterStatus;
import dev.persona.agent.activation.PinOutcome;
import dev.persona.agent.protocol.AgentMessage.Acknowledgement;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/**
 * The personas of this host, and the orders that people on it may give; all of it works while the server is away.
 *
 * <p>An order waits until the host has changed, so that its answer tells what became of each parameter. Bodies are
 * JSON whatever their {@code Content-Type} says, so that plain {@code curl -d} works; {@link LocalGuard} is what keeps
 * web pages out.
 */
@Path("/personas")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
public class PersonasResource {
    private final Enforcement enforcement;
    private final OrderListener listener;

    PersonasResource(Enforcement enforcement, OrderListener listener) {
        this.enforcement = enforcement;
        this.listener = listener;
    }

    /** What the host found before this agent first changed it. */
    public record Originals(List<OriginalValue> parameters) {}

    /**
     * What a look at the host found.
     *
     * @param outcome of the last transition, as in {@code GET /status}
     * @param notInForce the parameters that this transition left out or failed at, by name
     * @param drift what others have changed
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Verified(@Nullable String outcome, Map<String, ParameterStatus> notInForce, List<Drift> drift) {}

    @GET
    @Path("/active")
    public ActivePersonas active() {
        return enforcement.active();
    }

    @GET
    @Path("/original")
    public Originals original() {
        return new Originals(enforcement.original());
    }

    /** Looks at the host now, and changes nothing. */
    @POST
    @Path("/verify")
    public Verified verify() {
        List<Drift> drift = enforcement.verify();
        EnforcementStatus status = enforcement.status();
        Map<String, ParameterStatus> notInForce = new TreeMap<>(status.parameters());
        notInForce.values().removeIf(parameter -> parameter.reason() == null);
        return new Verified(status.outcome(), notInForce, drift);
    }

    /**
     * Makes a persona active regardless of its triggers, until unpinned or {@code for} is over.
     *
     * @throws RefusedException NOT_FOUND, HELD, TOO_MANY, EXTERNAL_FAILURE if the host did not take it (it is then what
     *     it was), and what {@link Order#read} throws
     */
    @POST
    @Path("/apply/{persona_id}")
    public OrderAnswer apply(
            @RestPath("persona_id") String personaId, @RestQuery("for") Optional<String> duration, byte[] body) {
        Order order = Order.read(body, duration);
        PinOutcome outcome = enforcement.pin(personaId, order.by(), order.reason(), order.duration());
        if (outcome instanceof PinOutcome.Pinned pinned) {
            return answer(pinned.acknowledgement());
        }
        throw refusal(personaId, outcome);
    }

    /** @throws RefusedException NOT_FOUND if the persona is not pinned */
    @DELETE
    @Path("/apply/{persona_id}")
    public OrderAnswer unpin(@RestPath("persona_id") String personaId) {
        return enforcement
                .unpin(personaId)
                .map(this::answer)
                .orElseThrow(() -> new RefusedException(
                        ErrorCode.NOT_FOUND,
                        "persona `" + Shown.text(personaId) + "` is not pinned; `GET /status` lists the pins"));
    }

    /**
     * Restores the original configuration, drops all pins and holds the host, until resumed or {@code for} is over.
     *
     * @throws RefusedException EXTERNAL_FAILURE if something could not be restored (the host is held all the same), and
     *     what {@link Order#read} throws
     */
    @POST
    @Path("/rollback")
    public OrderAnswer rollback(@RestQuery("for") Optional<String> duration, byte[] body) {
        Order order = Order.read(body, duration);
        Acknowledgement acknowledgement = enforcement.rollback(order.by(), order.reason(), order.duration());
        OrderAnswer answer = answer(acknowledgement);
        if (acknowledgement.outcome().equals("failed")) {
            throw failure("the host is held, but not all of it could be restored", acknowledgement);
        }
        return answer;
    }

    /** @throws RefusedException NOT_HELD */
    @POST
    @Path("/resume")
    public OrderAnswer resume() {
        return enforcement
                .resume()
                .map(this::answer)
                .orElseThrow(() -> new RefusedException(ErrorCode.NOT_HELD, "there is no rollback to resume from"));
    }

    private OrderAnswer answer(Acknowledgement acknowledgement) {
        listener.ordered(acknowledgement);
        return OrderAnswer.of(
                acknowledgement, enforcement.active(), enforcement.status().parameters());
    }

    private RefusedException refusal(String personaId, PinOutcome outcome) {
        String persona = "persona `" + Shown.text(personaId) + "`";
        if (outcome instanceof PinOutcome.UnknownPersona unknown) {
            String known = unknown.known().isEmpty()
                    ? "none does, as far as the server has told"
                    : "known are `" + String.join("`, `", unknown.known()) + "`";
            return new RefusedException(ErrorCode.NOT_FOUND, persona + " doesn't apply to this host; " + known);
        }
        if (outcome instanceof PinOutcome.Held held) {
            return new RefusedException(
                    ErrorCode.HELD,
                    "`" + Shown.text(held.hold().by()) + "` rolled the host back: `"
                            + Shown.text(held.hold().reason()) + "`; `POST /personas/resume` first");
        }
        if (outcome instanceof PinOutcome.TooManyPins tooMany) {
            return new RefusedException(
                    ErrorCode.TOO_MANY, "at most " + tooMany.limit() + " personas can be pinned; unpin one first");
        }
        PinOutcome.Failed failed = (PinOutcome.Failed) outcome;
        listener.ordered(failed.acknowledgement());
        return failure(persona + " could not be applied; the host is what it was", failed.acknowledgement());
    }

    private static RefusedException failure(String message, Acknowledgement acknowledgement) {
        List<Fault> faults = acknowledgement.parameters().entrySet().stream()
                .filter(parameter -> parameter.getValue().status().equals("failed"))
                .sorted(Map.Entry.comparingByKey())
                .map(parameter ->
                        Fault.of(parameter.getKey(), ": " + parameter.getValue().reason()))
                .toList();
        return new RefusedException(ErrorCode.EXTERNAL_FAILURE, message, faults);
    }
}
