package dev.persona.server.event;

import dev.persona.server.instance.Instances;
import dev.persona.server.platform.DocumentFormat;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** {@code POST /events}: events from anywhere, for the triggers that subscribe to them. */
@Path("/events")
@Tag(name = "events")
public class EventResource {
    private final EventLog log;
    private final EventAudience audience;
    private final CloudEventReader reader;

    EventResource(
            EventLog log, EventAudience audience, CloudEventFormat format, Instances instances, EventConfig config) {
        this.log = log;
        this.audience = audience;
        this.reader = new CloudEventReader(
                new DocumentFormat(Math.toIntExact(config.maxBodySize().asLongValue()), config.maxNestingDepth()),
                format,
                config.maxBatch(),
                id -> instances.find(id).isPresent());
    }

    @POST
    @Consumes(MediaType.WILDCARD)
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Take events",
            description = "CloudEvents 1.0 in structured, binary or batch mode. `subject` addresses one instance, the"
                    + " extension `personagroup` all instances of a group; without either, all instances are addressed."
                    + " An event with a `source` and `id` that were taken before is counted as a duplicate. Of a batch,"
                    + " all events are taken or, if one has a fault, none.")
    @APIResponse(
            responseCode = "202",
            description = "The events are stored; the instances that they address take them in turn")
    @APIResponse(responseCode = "415", description = "Neither a CloudEvents content type nor `ce-` headers")
    @APIResponse(responseCode = "422", description = "Faults, each with its JSON pointer")
    @APIResponse(responseCode = "429", description = "Too many earlier events are still to be worked off")
    public Response take(@Context HttpHeaders headers, byte[] body) {
        Map<String, String> byName = new TreeMap<>();
        headers.getRequestHeaders().forEach((name, values) -> byName.put(name.toLowerCase(Locale.ROOT), values.get(0)));
        return Response.accepted(log.take(reader.read(byName, body), audience)).build();
    }
}
