package dev.persona.agent.activation;

import dev.persona.agent.activation.ParameterStatus.Status;
import dev.persona.agent.activation.Settlement.Outcome;
import dev.persona.agent.activation.Settlement.Settled;
import dev.persona.agent.applier.Appliers;
import dev.persona.agent.platform.HostFiles;
import dev.persona.agent.platform.HostRoot;
import dev.persona.agent.platform.Permission;
import dev.persona.agent.protocol.AgentMessage.Acknowledgement;
import dev.persona.agent.protocol.AgentMessage.Hold;
import dev.persona.agent.protocol.AgentMessage.Orders;
import dev.persona.agent.protocol.AgentMessage.ParameterOutcome;
import dev.persona.agent.protocol.AgentMessage.Pin;
import dev.persona.agent.protocol.ServerMessage.Decision;
import dev.persona.agent.protocol.ServerMessage.PersonaDefinition;
import dev.persona.agent.protocol.ServerMessage.Setting;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the host at what the last decision and the orders given on this host (pins, hold) say; alone, when the server
 * is away.
 *
 * <p>A change of configuration takes place wholly or not at all: if one parameter fails, the host goes back to what was in
 * force, and if even that fails, to its original configuration. What is not permitted or not supported here is left out.
 *
 * <p>Thread-safe: one call at a time works on the host, the others wait. {@link #status()}, {@link #active()}, {@link
 * #original()}, {@link #acknowledgement()}, {@link #orders()}, {@link #revisionInForce()} and {@link #nextExpiry()} never
 * wait: they show the host as the last call left it.
 */
public final class Enforcement {
    /** Pins that may stand at one time. */
    public static final int MAX_PINS = 32;

    /** Personas that may apply to one host. */
    public static final int MAX_PERSONAS = 1_000;

    /** Parameters of one configuration. */
    public static final int MAX_PARAMETERS = 1_000;

    /** Characters in the name of who gave an order. */
    public static final int MAX_BY_LENGTH = 100;

    /** Characters in the reason of an order. */
    public static final int MAX_REASON_LENGTH = 500;

    /** The longest pin or hold that ends by itself. */
    public static final Duration MAX_DURATION = Duration.ofDays(3_660);

    private static final Logger LOG = Logger.getLogger(Enforcement.class);

    private final Memory memory;
    private final Appliers appliers;
    private final Permission permission;
    private final InstantSource clock;
    private final CompetingTools tools;
    private final ReentrantLock lock = new ReentrantLock();

    private Optional<Acknowledgement> last = Optional.empty();
    private Optional<String> failedAt = Optional.empty();
    private Map<String, ParameterStatus> statuses = Map.of();
    private List<Drift> drift = List.of();
    private List<Correction> corrections = List.of();
    private Set<String> competing = Set.of();
    private List<String> warnings = List.of();
    private volatile View view = View.NOTHING;

    /** @param stateFolder where this agent keeps its own files; made if missing */
    public Enforcement(
            HostFiles files,
            HostRoot root,
            Path stateFolder,
            Appliers appliers,
            Permission permission,
            InstantSource clock) {
        this.memory = new Memory(files, root, stateFolder);
        this.appliers = appliers;
        this.permission = permission;
        this.clock = clock;
        this.tools = new CompetingTools(root);
    }

    /**
     * Brings the host to the remembered decision and orders, or else to its original configuration. To be called first
     * after a start; called again it gives a decision that failed another try.
     */
    public Acknowledgement recover() {
        return exclusively(
                () -> {
                    lookForCompetingTools();
                    return settle(standing().at(now()).retrying());
                },
                why -> untried(0, Map.of(), why));
    }

    /**
     * Remembers the personas that may be pinned here; pins of others end.
     *
     * @return what became of the host, empty if no pin was concerned
     * @throws IllegalArgumentException if there are more than {@link #MAX_PERSONAS}, or more than {@link #MAX_PARAMETERS}
     *     parameters in one
     */
    public Optional<Acknowledgement> remember(List<PersonaDefinition> personas) {
        if (personas.size() > MAX_PERSONAS) {
            throw new IllegalArgumentException(personas.size() + " personas; at most " + MAX_PERSONAS + " can apply");
        }
        personas.forEach(persona -> checkSize(persona.configurationParameters()));
        return exclusively(
                () -> {
                    Map<String, PersonaDefinition> before = memory.personas();
                    memory.remember(personas);
                    Map<String, PersonaDefinition> after = memory.personas();
                    boolean concerned = standing().pins().stream()
                            .map(Pin::personaId)
                            .anyMatch(id ->
                                    !Optional.ofNullable(after.get(id)).equals(Optional.ofNullable(before.get(id))));
                    return concerned
                            ? Optional.of(settle(standing().withoutPins(pin -> !after.containsKey(pin.personaId()))))
                            : Optional.empty();
                },
                why -> Optional.of(untried(0, Map.of(), why)));
    }

    /**
     * Remembers a decision durably and brings the host to it, with the orders laid over.
     *
     * @throws IllegalArgumentException if it has more than {@link #MAX_PARAMETERS} parameters
     */
    public Acknowledgement enforce(Decision decision) {
        Map<String, Setting> configuration = decision.automatic().configuration();
        checkSize(configuration);
        return exclusively(
                () -> settle(standing().withDecision(decision)),
                why -> untried(decision.revision(), configuration, why));
    }

    /**
     * Makes a persona active regardless of its triggers; renews it if it is pinned already.
     *
     * @param by at most {@link #MAX_BY_LENGTH} characters
     * @param reason at most {@link #MAX_REASON_LENGTH} characters
     * @param duration positive, at most {@link #MAX_DURATION}; empty means until unpinned
     * @throws IllegalArgumentException if an argument is out of bounds, with a message for its giver
     */
    public PinOutcome pin(String personaId, String by, String reason, Optional<Duration> duration) {
        checkOrder(by, reason, duration);
        return exclusively(
                () -> {
                    if (!memory.personas().containsKey(personaId)) {
                        return new PinOutcome.UnknownPersona(
                                List.copyOf(memory.personas().keySet()));
                    }
                    if (standing().hold() != null) {
                        return new PinOutcome.Held(standing().hold());
                    }
                    Instant since = stamp();
                    Standing pinned = standing().withPin(new Pin(personaId, by, reason, since, until(since, duration)));
                    return pinned.pins().size() > MAX_PINS ? new PinOutcome.TooManyPins(MAX_PINS) : settlePin(pinned);
                },
                why -> new PinOutcome.Failed(untried(0, Map.of(), why)));
    }

    /** A pin stands only once it holds: a crash before that finds the host without it. */
    private PinOutcome settlePin(Standing pinned) {
        Standing before = standing();
        memory.remember(before.unsettled());
        Settled settled = attempt(pinned);
        boolean failed = settled.outcome() == Outcome.FAILED;
        memory.remember((failed ? before : pinned).settledAt(settled.inForce()));
        Acknowledgement acknowledgement = acknowledge(pinned, settled);
        return failed ? new PinOutcome.Failed(acknowledgement) : new PinOutcome.Pinned(acknowledgement);
    }

    /** Ends a pin; empty if the persona was not pinned. */
    public Optional<Acknowledgement> unpin(String personaId) {
        return change(standing -> standing.withoutPins(pin -> pin.personaId().equals(personaId)));
    }

    /**
     * Restores the original configuration, drops all pins and holds the host; the acknowledgement's outcome is {@code
     * failed} if something could not be restored. Arguments as with {@link #pin}.
     */
    public Acknowledgement rollback(String by, String reason, Optional<Duration> duration) {
        checkOrder(by, reason, duration);
        return exclusively(
                () -> {
                    Instant since = stamp();
                    return settle(standing().held(new Hold(by, reason, since, until(since, duration))));
                },
                why -> untried(0, Map.of(), why));
    }

    /** Ends the hold, and the host returns to the decision; empty if it was not held. */
    public Optional<Acknowledgement> resume() {
        return change(standing -> standing.hold() == null ? standing : standing.released());
    }

    /** Ends pins and holds whose time is up; empty if there were none. */
    public Optional<Acknowledgement> expire() {
        return change(standing -> standing.at(now()));
    }

    /**
     * Restores the original configuration before an orderly stop; decision, pins and hold stand, and {@link #recover}
     * brings the host to them again.
     */
    public Acknowledgement withdraw() {
        return exclusively(
                () -> {
                    memory.remember(standing().unsettled());
                    Settled settled = settlement(standing()).toOriginal();
                    memory.remember(standing().settledAt(Optional.empty()));
                    return acknowledge(standing(), settled);
                },
                why -> untried(0, Map.of(), why));
    }

    /**
     * Lets go of the decision, because the server has been away too long: the host goes back to its original
     * configuration with the pins laid over it, until the next decision. Empty if there was none.
     */
    public Optional<Acknowledgement> lapse() {
        return change(Standing::withoutDecision);
    }

    /** Looks at the host and says which parameters in force others have changed; changes nothing. */
    public List<Drift> verify() {
        return exclusively(
                () -> {
                    look();
                    return drift;
                },
                why -> drift);
    }

    /**
     * Looks at the host, and sets again what others have changed, each parameter as often as the limit allows; what can't
     * be read is not touched.
     *
     * @return what remains changed
     */
    public List<Drift> correct(CorrectionLimit limit) {
        return exclusively(
                () -> {
                    look();
                    Instant now = stamp();
                    memory.remember(memory.corrections().within(limit, now));
                    Map<String, Setting> due = new TreeMap<>();
                    for (Drift changed : drift) {
                        boolean readable = changed.reason() == null;
                        if (readable && memory.corrections().isAllowed(changed.parameter(), limit)) {
                            due.put(changed.parameter(), inForce(changed.parameter()));
                        }
                    }
                    if (!due.isEmpty()) {
                        setAgain(due, now);
                        look();
                    }
                    corrections = memory.corrections().shown(limit);
                    return drift;
                },
                why -> drift);
    }

    private Setting inForce(String parameter) {
        return Objects.requireNonNull(standing().inForce()).configuration().get(parameter);
    }

    /** What fails costs that parameter only: the host stays where it is. */
    private void setAgain(Map<String, Setting> due, Instant now) {
        memory.remember(standing().unsettled());
        Corrections made = memory.corrections();
        while (!due.isEmpty()) {
            Transition.Result result = transition(standing()).again(due);
            for (Map.Entry<String, ParameterStatus> done : result.statuses().entrySet()) {
                due.remove(done.getKey());
                made = made.with(done.getKey(), done.getValue().reason(), now);
                LOG.warnf(
                        "A value that something else had changed was set again parameter=%s status=%s",
                        done.getKey(), done.getValue().status().word());
            }
        }
        memory.remember(made);
        memory.remember(standing().settledAt(Optional.ofNullable(standing().inForce())));
    }

    private void look() {
        lookForCompetingTools();
        drift = new Inspection(appliers, permission)
                .of(Optional.ofNullable(standing().inForce()), drift, stamp());
    }

    private void lookForCompetingTools() {
        Set<String> now = tools.active();
        now.stream()
                .filter(tool -> !competing.contains(tool))
                .forEach(tool -> LOG.warnf("Another tool may set the same parameters tool=%s", tool));
        competing = now;
    }

    /** What became of the last change, with the drift that the last look found; empty before the first. */
    public Optional<Acknowledgement> acknowledgement() {
        return view.acknowledgement();
    }

    /** The pins and the hold as they stand. */
    public Orders orders() {
        return view.orders();
    }

    /** When the next pin or hold ends by itself. */
    public Optional<Instant> nextExpiry() {
        return view.nextExpiry();
    }

    /** The decision that the host runs. */
    public Optional<Long> revisionInForce() {
        return Optional.ofNullable(view.active().revision());
    }

    public EnforcementStatus status() {
        return view.status();
    }

    public ActivePersonas active() {
        return view.active();
    }

    /** The journal, oldest first. */
    public List<OriginalValue> original() {
        return view.originals();
    }

    private Standing standing() {
        return memory.standing();
    }

    private Optional<Acknowledgement> change(UnaryOperator<Standing> order) {
        return exclusively(
                () -> {
                    Standing next = order.apply(standing());
                    return next.equals(standing()) ? Optional.empty() : Optional.of(settle(next));
                },
                why -> Optional.of(untried(0, Map.of(), why)));
    }

    /** Brings the host to what now stands; remembers before that it is on its way, and after where it is. */
    private Acknowledgement settle(Standing next) {
        memory.remember(next.unsettled());
        Settled settled = attempt(next);
        Standing reached = next.settledAt(settled.inForce());
        boolean refused = settled.outcome() == Outcome.FAILED && next.hold() == null;
        memory.remember(refused ? reached.refusing() : reached);
        return acknowledge(next, settled);
    }

    private Settled attempt(Standing next) {
        Settlement settlement = settlement(next);
        Settled settled = next.hold() != null
                ? settlement.toOriginal()
                : settlement.to(
                        Target.of(next.base(), next.pins(), memory.personas().values()),
                        Optional.ofNullable(next.inForce()));
        memory.recovered();
        return settled;
    }

    private Settlement settlement(Standing next) {
        return new Settlement(() -> transition(next), memory.isInterrupted());
    }

    private Transition transition(Standing next) {
        Transition.Saving saving = new Transition.Saving(stamp(), memory.bootId(), revision(next));
        return new Transition(appliers, permission, memory.journal(), saving);
    }

    private static long revision(Standing standing) {
        return standing.base().map(Decision::revision).or(standing::revision).orElse(0L);
    }

    private Acknowledgement acknowledge(Standing tried, Settled settled) {
        Map<String, ParameterStatus> before = statuses;
        failedAt = settled.culprit();
        statuses = settled.statuses();
        warnings = settled.warnings();
        drift = List.of();
        Map<String, ParameterOutcome> parameters = new TreeMap<>();
        statuses.forEach((parameter, status) -> {
            if (status.wanted() != null || status.status() == Status.FAILED) {
                parameters.put(parameter, new ParameterOutcome(status.status().word(), status.reason()));
            }
            if (status.reason() != null && !status.isLike(before.get(parameter))) {
                LOG.warnf(
                        "A parameter is not as wanted parameter=%s status=%s reason=%s",
                        parameter, status.status().word(), status.reason());
            }
        });
        failedAt.ifPresentOrElse(
                parameter -> LOG.warnf(
                        "A change failed, what was in force before is put back revision=%d parameter=%s in_force=%s",
                        revision(tried),
                        parameter,
                        standing().revisionInForce().map(String::valueOf).orElse("original")),
                () -> LOG.infof(
                        "The host was brought to what stands revision=%d outcome=%s",
                        revision(tried), settled.outcome().word()));
        return acknowledged(revision(tried), settled.outcome(), parameters);
    }

    /** Nothing was tried, because this agent's own files can't be read: it would not know the way back. */
    private Acknowledgement untried(long revision, Map<String, Setting> configuration, String why) {
        warnings = List.of(why);
        Map<String, ParameterOutcome> parameters = new TreeMap<>();
        configuration
                .keySet()
                .forEach(parameter -> parameters.put(parameter, new ParameterOutcome(Status.FAILED.word(), why)));
        LOG.errorf("Nothing can be changed reason=%s", why);
        return acknowledged(revision, Outcome.FAILED, parameters);
    }

    private Acknowledgement acknowledged(long revision, Outcome outcome, Map<String, ParameterOutcome> parameters) {
        Acknowledgement acknowledgement = new Acknowledgement(
                revision, outcome.word(), standing().revisionInForce().orElse(null), stamp(), parameters, Map.of());
        last = Optional.of(acknowledgement);
        return acknowledgement;
    }

    /** @param unopened what to answer if this agent's own files can't be read, given why */
    private <T> T exclusively(Supplier<T> work, Function<String, T> unopened) {
        lock.lock();
        try {
            Optional<String> why = memory.open(this::isResetAtBoot);
            return why.isPresent() ? unopened.apply(why.get()) : work.get();
        } finally {
            view = View.of(memory, last, failedAt, statuses, drift, corrections, allWarnings());
            lock.unlock();
        }
    }

    private List<String> allWarnings() {
        List<String> all = new ArrayList<>(warnings);
        competing.forEach(tool -> all.add("`" + tool
                + "` is active and may set the same parameters; stop it, or permit here only what it leaves alone"));
        return all;
    }

    private boolean isResetAtBoot(String parameter) {
        return appliers.covering(parameter)
                .filter(applier -> applier.isResetAtBoot(parameter))
                .isPresent();
    }

    private static @Nullable Instant until(Instant since, Optional<Duration> duration) {
        return duration.map(since::plus).orElse(null);
    }

    private static void checkSize(Map<String, ?> configuration) {
        if (configuration.size() > MAX_PARAMETERS) {
            throw new IllegalArgumentException(
                    configuration.size() + " parameters; at most " + MAX_PARAMETERS + " can be set");
        }
    }

    private static void checkOrder(String by, String reason, Optional<Duration> duration) {
        if (by.length() > MAX_BY_LENGTH) {
            throw new IllegalArgumentException("`by` has more than " + MAX_BY_LENGTH + " characters");
        }
        if (reason.length() > MAX_REASON_LENGTH) {
            throw new IllegalArgumentException("`reason` has more than " + MAX_REASON_LENGTH + " characters");
        }
        duration.filter(time -> time.isNegative() || time.isZero() || time.compareTo(MAX_DURATION) > 0)
                .ifPresent(time -> {
                    throw new IllegalArgumentException(
                            "`for` must be longer than PT0S and at most " + MAX_DURATION + ", not " + time);
                });
    }

    private Instant now() {
        return clock.instant();
    }

    /** The wire and the files know milliseconds. */
    private Instant stamp() {
        return now().truncatedTo(ChronoUnit.MILLIS);
    }
}
