package dev.persona.server.activation;

import dev.persona.server.event.EventLog;
import dev.persona.server.instance.InstanceChange;
import dev.persona.server.instance.InstanceConfig;
import dev.persona.server.instance.Instances;
import dev.persona.server.journal.Journal;
import dev.persona.server.persona.PersonasChanged;
import dev.persona.server.rule.PolicyLibrary;
import dev.persona.server.rule.RulesChanged;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/** Starts the fleet with the server, keeps it told of what changes, and stores it at the end. */
@Singleton
class FleetLifecycle {
    private static final Logger LOG = Logger.getLogger(FleetLifecycle.class);

    private final Fleet fleet;
    private final DeadlineTimer timer;
    private final ExecutorService workers;
    private final Instances instances;
    private final EventLog events;
    private final Journal journal;
    private final JdbcMachineStore machines;
    private final Clock clock;
    private volatile boolean restored;

    FleetLifecycle(
            Instances instances,
            EventLog events,
            Journal journal,
            PolicyLibrary library,
            JdbcMachineStore machines,
            InstanceConfig instanceConfig,
            ActivationConfig config,
            MeterRegistry metrics,
            Clock clock,
            Event<DecisionMade> decisions) {
        this.instances = instances;
        this.events = events;
        this.journal = journal;
        this.machines = machines;
        this.clock = clock;
        this.workers = workers(config);
        this.fleet = new Fleet(
                clock,
                instanceConfig.staleAfter(),
                config.maximumBacklog(),
                library,
                machines,
                workers,
                new FleetMetrics(metrics),
                decisions::fire);
        this.timer = new DeadlineTimer(fleet, clock);
        metrics.gauge("persona.instances", instances, Instances::count);
    }

    /** Restoring tells decisions to beans that need the fleet themselves: it must not happen while this one is made. */
    void start(@Observes StartupEvent startup) {
        fleet.restore(instances.all(), events.unsettled());
        timer.start();
        restored = true;
    }

    @Produces
    @Singleton
    Fleet fleet() {
        return fleet;
    }

    @Produces
    @Singleton
    DeadlineTimer timer() {
        return timer;
    }

    void instanceChanged(@Observes InstanceChange change) {
        if (change instanceof InstanceChange.Registered registered) {
            fleet.join(registered.instance(), events.latestNumber());
        } else if (change instanceof InstanceChange.Updated updated) {
            fleet.update(updated.before(), updated.after());
        } else if (change instanceof InstanceChange.Removed removed) {
            fleet.leave(removed.instanceId());
        }
    }

    void personasChanged(@Observes PersonasChanged change) {
        fleet.policiesChanged(change.groups());
    }

    void rulesChanged(@Observes RulesChanged change) {
        fleet.policiesChanged();
    }

    @Scheduled(every = "${persona.fleet.flush-interval:PT1S}", concurrentExecution = ConcurrentExecution.SKIP)
    void flush() {
        // INVARIANT: events are settled only when every lane has them, which restoring sees to.
        if (restored) {
            fleet.flush();
            fleet.storeRecordings(false);
        }
    }

    @Scheduled(every = "PT30S", concurrentExecution = ConcurrentExecution.SKIP)
    void storeContacts() {
        instances.storeContacts();
    }

    @Scheduled(every = "PT10M", delayed = "PT1M", concurrentExecution = ConcurrentExecution.SKIP)
    void forgetOld() {
        journal.forgetOld(clock.instant());
        events.forgetOld(clock.instant());
        machines.forgetOldRecordings(clock.instant());
    }

    void stop(@Observes ShutdownEvent shutdown) {
        timer.close();
        workers.shutdown();
        if (restored) {
            fleet.storeAll();
            fleet.storeRecordings(true);
        }
        storeContacts();
        LOG.infof("fleet stored instances=%d", instances.count());
    }

    private static ExecutorService workers(ActivationConfig config) {
        int count =
                config.workers() > 0 ? config.workers() : Runtime.getRuntime().availableProcessors();
        AtomicInteger number = new AtomicInteger();
        return Executors.newFixedThreadPool(count, task -> {
            Thread thread = new Thread(task, "persona-fleet-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }
}
