package dev.persona.server.rulebook;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.server.platform.ApiConfig;
import dev.persona.server.platform.DocumentFormat;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.Flag;
import dev.persona.server.platform.MediaTypes;
import dev.persona.server.platform.PageRequest;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.platform.Revision;
import dev.persona.server.platform.Shown;
import dev.persona.server.rulebook.RuleEntry.Status;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriBuilder;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/**
 * {@code /rules}: custom rules over HTTP. A rule document is sent as plain DRL or, with its name and whether it is
 * enabled, as JSON or YAML; it is read in the same forms.
 */
@Path("/rules")
@Produces({MediaTypes.JSON, MediaTypes.YAML, MediaTypes.X_YAML, MediaTypes.TEXT_YAML})
@Tag(name = "Custom rules", description = "DRL that administrators write; `docs/custom-rules.md` says what it may say")
public class RuleResource {
    private static final String DRL = "application/x-drl";
    private static final String PROBLEM = "Problem";

    /** For those who ask for it; whoever takes anything gets JSON. */
    private static final String TEXT = MediaType.TEXT_PLAIN + ";qs=0.5";

    private final Rulebook rulebook;
    private final DocumentFormat format;
    private final ApiConfig config;

    RuleResource(Rulebook rulebook, ApiConfig config) {
        this.rulebook = rulebook;
        this.format = DocumentFormat.of(config);
        this.config = config;
    }

    /** A version of a rule document as callers see it. */
    @RegisterForReflection
    record VersionView(String name, long revision, String drl, Instant savedAt) {
        static VersionView of(RuleVersion version) {
            return new VersionView(version.name(), version.revision(), version.drl(), version.savedAt());
        }
    }

    /** One in a list of versions. */
    @RegisterForReflection
    record VersionLine(long revision, Instant savedAt) {}

    /** A rule document as JSON or YAML. */
    @Schema(name = "RuleDocument")
    record Sent(
            @Schema(description = "1-64 of `a-z 0-9 . _ -`; in the path for PUT") String name,
            @Schema(required = true, description = "The rules, at most 64 KiB") String drl,
            @Schema(description = "Whether they are to be in force; without it that stays as it is") boolean enabled) {}

    @POST
    @Consumes({MediaTypes.JSON, MediaTypes.YAML, MediaTypes.X_YAML, MediaTypes.TEXT_YAML})
    @Operation(
            operationId = "createRules",
            summary = "Store a rule document",
            description =
                    "Plain DRL is taken as well, as `text/plain` or `application/x-drl`, with `?name=`. What was read"
                            + " can be changed and sent back: what the server makes itself is passed over.")
    @RequestBody(
            required = true,
            content = {
                @Content(mediaType = MediaTypes.JSON, schema = @Schema(implementation = Sent.class)),
                @Content(mediaType = MediaTypes.YAML, schema = @Schema(implementation = Sent.class)),
                @Content(mediaType = MediaType.TEXT_PLAIN, schema = @Schema(type = SchemaType.STRING))
            })
    @APIResponse(
            responseCode = "201",
            description = "Stored and in force; `Location` and `ETag` are those of the document",
            content = @Content(schema = @Schema(implementation = RuleView.class)))
    @APIResponse(responseCode = "200", description = "With `dry_run=true`: it could be stored as shown")
    @APIResponse(responseCode = "400", ref = PROBLEM)
    @APIResponse(responseCode = "409", ref = PROBLEM)
    @APIResponse(responseCode = "422", ref = PROBLEM)
    @APIResponse(responseCode = "429", ref = PROBLEM)
    public Response create(
            JsonNode written,
            @QueryParam("dry_run")
                    @Parameter(
                            description = "Whether to check only, and store nothing",
                            schema = @Schema(type = SchemaType.BOOLEAN))
                    @Nullable
                    String dryRun) {
        return create(RuleSubmission.read(written), dryRun);
    }

    @POST
    @Consumes({MediaType.TEXT_PLAIN, DRL})
    @Operation(hidden = true)
    public Response createFromText(
            byte[] drl, @QueryParam("name") @Nullable String name, @QueryParam("dry_run") @Nullable String dryRun) {
        if (name == null) {
            throw new PolicyException(
                    ErrorCode.INVALID_REQUEST,
                    "query parameter `name` is missing, as in `POST /rules?name=quiet-hours`");
        }
        return create(submission(Optional.of(name), drl), dryRun);
    }

    private Response create(RuleSubmission submission, @Nullable String dryRun) {
        boolean checkOnly = Flag.read("dry_run", dryRun).orElse(false);
        RuleView view = rulebook.view(rulebook.create(submission, checkOnly));
        if (checkOnly) {
            return Response.ok(view).build();
        }
        return Response.created(UriBuilder.fromPath("/rules/{name}").build(view.name()))
                .entity(view)
                .header("ETag", Revision.tag(view.revision()))
                .build();
    }

    @POST
    @Path("/validate")
    @Consumes({MediaTypes.JSON, MediaTypes.YAML, MediaTypes.X_YAML, MediaTypes.TEXT_YAML})
    @Operation(
            operationId = "validateRules",
            summary = "Check and compile a rule document, and store nothing",
            description = "Plain DRL is taken as well; a `name` isn't needed.")
    @RequestBody(
            required = true,
            content = {
                @Content(mediaType = MediaTypes.JSON, schema = @Schema(implementation = Sent.class)),
                @Content(mediaType = MediaTypes.YAML, schema = @Schema(implementation = Sent.class)),
                @Content(mediaType = MediaType.TEXT_PLAIN, schema = @Schema(type = SchemaType.STRING))
            })
    @APIResponse(
            responseCode = "200",
            description = "It can be used; `warnings` tells what is odd about it",
            content = @Content(schema = @Schema(implementation = RuleView.class)))
    @APIResponse(responseCode = "400", ref = PROBLEM)
    @APIResponse(responseCode = "422", ref = PROBLEM)
    public RuleView validate(JsonNode written) {
        return rulebook.view(rulebook.validate(RuleSubmission.read(written)));
    }

    @POST
    @Path("/validate")
    @Consumes({MediaType.TEXT_PLAIN, DRL})
    @Operation(hidden = true)
    public RuleView validateText(byte[] drl) {
        return rulebook.view(rulebook.validate(submission(Optional.empty(), drl)));
    }

    @GET
    @Operation(
            operationId = "listRules",
            summary = "List rule documents in order of name, without their text",
            description = "A `Link` header with `rel=\"next\"` leads to the next page.")
    @APIResponse(
            responseCode = "200",
            description = "One page of rule documents",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = RuleView.class)))
    @APIResponse(responseCode = "400", ref = PROBLEM)
    public Response list(
            @QueryParam("origin")
                    @Parameter(description = "Only those that are `shipped`, of the `directory` or the `api`")
                    @Nullable
                    String origin,
            @QueryParam("status")
                    @Parameter(description = "Only those that are `active`, `disabled`, `failed` or `faulty`")
                    @Nullable
                    String status,
            @QueryParam("limit")
                    @Parameter(
                            description = "At most so many",
                            schema =
                                    @Schema(
                                            type = SchemaType.INTEGER,
                                            minimum = "1",
                                            maximum = "500",
                                            defaultValue = "100"))
                    @Nullable
                    String limit,
            @QueryParam("cursor") @Parameter(description = "From the `Link` header of the page before") @Nullable
                    String cursor,
            @Context UriInfo request) {
        Predicate<RuleEntry> filter = choice(
                        "origin", origin, RuleText.Origin.values(), (RuleEntry entry) -> entry.text()
                                .origin())
                .and(choice("status", status, Status.values(), RuleEntry::status));
        return rulebook.list(filter, PageRequest.read(limit, cursor))
                .map(entry -> rulebook.view(entry).withoutText())
                .respond(request);
    }

    @GET
    @Path("/{name}")
    @Operation(
            operationId = "readRules",
            summary = "Read a rule document",
            description =
                    "How it fares: its status, the last failure, warnings. Its text alone by `Accept: text/plain`.")
    @APIResponse(
            responseCode = "200",
            description = "The rule document; `ETag` is its revision",
            content = @Content(schema = @Schema(implementation = RuleView.class)))
    @APIResponse(responseCode = "404", ref = PROBLEM)
    public Response read(@PathParam("name") String name) {
        return answer(rulebook.get(name));
    }

    @GET
    @Path("/{name}")
    @Produces(TEXT)
    @Operation(hidden = true)
    public Response readText(@PathParam("name") String name) {
        RuleText text = rulebook.get(name).text();
        return Response.ok(text.drl())
                .header("ETag", Revision.tag(text.revision()))
                .header("Vary", "Accept")
                .build();
    }

    @PUT
    @Path("/{name}")
    @Consumes({MediaTypes.JSON, MediaTypes.YAML, MediaTypes.X_YAML, MediaTypes.TEXT_YAML})
    @Operation(
            operationId = "changeRules",
            summary = "Change a rule document",
            description =
                    "Plain DRL is taken as well. A text that is the same stays at its revision. Whatever the text,"
                            + " failures are counted anew, and a document that was stopped for failing is in force again.")
    @RequestBody(
            required = true,
            content = {
                @Content(mediaType = MediaTypes.JSON, schema = @Schema(implementation = Sent.class)),
                @Content(mediaType = MediaTypes.YAML, schema = @Schema(implementation = Sent.class)),
                @Content(mediaType = MediaType.TEXT_PLAIN, schema = @Schema(type = SchemaType.STRING))
            })
    @APIResponse(
            responseCode = "200",
            description = "Changed, or with `dry_run=true`: it could be changed to what is shown",
            content = @Content(schema = @Schema(implementation = RuleView.class)))
    @APIResponse(responseCode = "400", ref = PROBLEM)
    @APIResponse(responseCode = "404", ref = PROBLEM)
    @APIResponse(responseCode = "409", ref = PROBLEM)
    @APIResponse(responseCode = "412", ref = PROBLEM)
    @APIResponse(responseCode = "422", ref = PROBLEM)
    @APIResponse(responseCode = "428", ref = PROBLEM)
    public Response replace(
            @PathParam("name") String name,
            JsonNode written,
            @HeaderParam("If-Match") @Nullable String ifMatch,
            @QueryParam("dry_run")
                    @Parameter(
                            description = "Whether to check only, and store nothing",
                            schema = @Schema(type = SchemaType.BOOLEAN))
                    @Nullable
                    String dryRun) {
        return replace(name, RuleSubmission.read(written), ifMatch, dryRun);
    }

    @PUT
    @Path("/{name}")
    @Consumes({MediaType.TEXT_PLAIN, DRL})
    @Operation(hidden = true)
    public Response replaceText(
            @PathParam("name") String name,
            byte[] drl,
            @HeaderParam("If-Match") @Nullable String ifMatch,
            @QueryParam("dry_run") @Nullable String dryRun) {
        return replace(name, submission(Optional.of(name), drl), ifMatch, dryRun);
    }

    private Response replace(
            String name, RuleSubmission submission, @Nullable String ifMatch, @Nullable String dryRun) {
        boolean checkOnly = Flag.read("dry_run", dryRun).orElse(false);
        Revision.Expected expected = Revision.ifMatch(ifMatch, config.requireIfMatch());
        RuleEntry entry = rulebook.replace(name, submission, expected, checkOnly);
        return checkOnly ? Response.ok(rulebook.view(entry)).build() : answer(entry);
    }

    @DELETE
    @Path("/{name}")
    @Operation(
            operationId = "deleteRules",
            summary = "Delete a rule document and its versions; its consequences end at once")
    @APIResponse(responseCode = "204", description = "Deleted")
    @APIResponse(responseCode = "404", ref = PROBLEM)
    @APIResponse(responseCode = "409", ref = PROBLEM)
    @APIResponse(responseCode = "412", ref = PROBLEM)
    @APIResponse(responseCode = "428", ref = PROBLEM)
    public void delete(@PathParam("name") String name, @HeaderParam("If-Match") @Nullable String ifMatch) {
        rulebook.delete(name, Revision.ifMatch(ifMatch, config.requireIfMatch()));
    }

    @POST
    @Path("/{name}/enable")
    @Operation(
            operationId = "enableRules",
            summary = "Put a rule document into force, whatever has stopped it",
            description = "Also one that ships with the server or comes from the directory. Failures are counted anew.")
    @APIResponse(responseCode = "200", description = "The rule document")
    @APIResponse(responseCode = "404", ref = PROBLEM)
    @APIResponse(responseCode = "412", ref = PROBLEM)
    public Response enable(@PathParam("name") String name, @HeaderParam("If-Match") @Nullable String ifMatch) {
        return answer(rulebook.enable(name, true, Revision.ifMatch(ifMatch, false)));
    }

    @POST
    @Path("/{name}/disable")
    @Operation(
            operationId = "disableRules",
            summary = "Take a rule document out of force until it is enabled",
            description = "Also one that ships with the server or comes from the directory.")
    @APIResponse(responseCode = "200", description = "The rule document")
    @APIResponse(responseCode = "404", ref = PROBLEM)
    @APIResponse(responseCode = "412", ref = PROBLEM)
    public Response disable(@PathParam("name") String name, @HeaderParam("If-Match") @Nullable String ifMatch) {
        return answer(rulebook.enable(name, false, Revision.ifMatch(ifMatch, false)));
    }

    @GET
    @Path("/{name}/versions")
    @Operation(
            operationId = "listRuleVersions",
            summary = "List the versions of a rule document that are kept, oldest first")
    @APIResponse(
            responseCode = "200",
            description = "One page of versions",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = VersionLine.class)))
    @APIResponse(responseCode = "404", ref = PROBLEM)
    public Response versions(
            @PathParam("name") String name,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("cursor") @Nullable String cursor,
            @Context UriInfo request) {
        return rulebook.versions(name, PageRequest.read(limit, cursor))
                .map(version -> new VersionLine(version.revision(), version.savedAt()))
                .respond(request);
    }

    @GET
    @Path("/{name}/versions/{revision}")
    @Operation(
            operationId = "readRuleVersion",
            summary = "Read a version of a rule document",
            description = "PUT what you get to `/rules/{name}` to restore it. Its text alone by `Accept: text/plain`.")
    @APIResponse(
            responseCode = "200",
            description = "The version",
            content = @Content(schema = @Schema(implementation = VersionView.class)))
    @APIResponse(responseCode = "404", ref = PROBLEM)
    public VersionView version(@PathParam("name") String name, @PathParam("revision") String revision) {
        return VersionView.of(rulebook.version(name, revision));
    }

    @GET
    @Path("/{name}/versions/{revision}")
    @Produces(TEXT)
    @Operation(hidden = true)
    public String versionText(@PathParam("name") String name, @PathParam("revision") String revision) {
        return rulebook.version(name, revision).drl();
    }

    private RuleSubmission submission(Optional<String> name, byte[] drl) {
        return new RuleSubmission(name, format.readText(drl), Optional.empty());
    }

    private Response answer(RuleEntry entry) {
        return Response.ok(rulebook.view(entry))
                .header("ETag", Revision.tag(entry.text().revision()))
                .header("Vary", "Accept")
                .build();
    }

    private static <T extends Enum<T>> Predicate<RuleEntry> choice(
            String parameter, @Nullable String wanted, T[] choices, Function<RuleEntry, T> actual) {
        if (wanted == null) {
            return entry -> true;
        }
        T choice = Arrays.stream(choices)
                .filter(candidate -> word(candidate).equals(wanted))
                .findFirst()
                .orElseThrow(() -> new PolicyException(
                        ErrorCode.INVALID_REQUEST,
                        "query parameter `" + parameter + "` must be one of "
                                + Arrays.stream(choices)
                                        .map(candidate -> "`" + word(candidate) + "`")
                                        .collect(Collectors.joining(", "))
                                + ", but is `" + Shown.text(wanted) + "`"));
        return entry -> actual.apply(entry) == choice;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
