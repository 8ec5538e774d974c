package dev.persona.server.parameter;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.persona.server.platform.MediaTypes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Tells which parameters there are. */
@Path("/parameters")
@Produces({MediaTypes.JSON, MediaTypes.YAML, MediaTypes.X_YAML, MediaTypes.TEXT_YAML})
@Tag(name = "Parameters", description = "What can be configured on a host")
public class ParameterResource {
    private final ParameterCatalogue catalogue;

    ParameterResource(ParameterCatalogue catalogue) {
        this.catalogue = catalogue;
    }

    /** One parameter, or one family of them. */
    public record ParameterView(String name, String unit, String description, String source, ObjectNode schema) {}

    @GET
    @Operation(summary = "All parameters that personas may set, each with the JSON Schema of its value")
    public List<ParameterView> list() {
        return catalogue.definitions().stream()
                .map(definition -> new ParameterView(
                        definition.name(),
                        definition.unit(),
                        definition.description(),
                        definition.source(),
                        definition.type().schema()))
                .toList();
    }
}
