package dev.persona.server.rule;

import java.util.List;
import java.util.concurrent.Callable;
import org.drools.compiler.compiler.DescrBuildError;
import org.drools.drl.ast.descr.PackageDescr;
import org.drools.drl.ast.descr.RuleDescr;
import org.drools.kiesession.rulebase.InternalKnowledgeBase;
import org.drools.kiesession.rulebase.KnowledgeBaseFactory;
import org.drools.model.Rule;
import org.drools.model.impl.ModelImpl;
import org.drools.modelcompiler.KieBaseBuilder;
import org.kie.api.KieBase;
import org.kie.api.KieBaseConfiguration;
import org.kie.api.KieServices;
import org.kie.api.io.ResourceType;
import org.kie.api.runtime.KieSession;
import org.kie.internal.builder.KnowledgeBuilder;
import org.kie.internal.builder.KnowledgeBuilderError;
import org.kie.internal.builder.KnowledgeBuilderFactory;
import org.kie.internal.conf.ConstraintJittingThresholdOption;
import org.kie.internal.io.ResourceFactory;

/**
 * The way into Drools: rules in, an immutable KieBase out; no class is defined on the way.
 *
 * <p>Drools finds its services through the thread's context class loader, once and for all. Whoever comes first does it
 * here with the loader of this program.
 */
final class Engine {
    static final String RULE_PACKAGE = "dev.persona.rules";

    /** Interpreted constraints only: jitting defines classes. Made once, because Drools searches the class path for it. */
    private static final KieBaseConfiguration CONFIGURATION = inOwnLoader(() -> {
        KieBaseConfiguration configuration = KieServices.get().newKieBaseConfiguration();
        configuration.setOption(ConstraintJittingThresholdOption.get(-1));
        return configuration;
    });

    private Engine() {}

    /** Compiles rules built in Java. */
    static KieBase compile(List<Rule> rules) {
        ModelImpl model = new ModelImpl();
        rules.forEach(model::addRule);
        return inOwnLoader(() -> KieBaseBuilder.createKieBaseFromModel(model, CONFIGURATION));
    }

    /** DRL compiled, or what is wrong with it. */
    sealed interface Compilation {
        record Compiled(KieBase rules) implements Compilation {}

        record Refused(List<RuleFault> faults) implements Compilation {
            public Refused {
                faults = List.copyOf(faults);
            }
        }
    }

    /**
     * Compiles DRL that is parsed already; each tree once, for Drools works on it.
     *
     * <p>Compiling runs what is in the rules: a tree of somebody else's is to be {@link RuleReview.Permitted}.
     */
    static Compilation compile(PackageDescr tree) {
        return inOwnLoader(() -> {
            KnowledgeBuilder builder = KnowledgeBuilderFactory.newKnowledgeBuilder();
            builder.add(ResourceFactory.newDescrResource(tree), ResourceType.DESCR);
            if (builder.hasErrors()) {
                return new Compilation.Refused(
                        builder.getErrors().stream().map(Engine::fault).toList());
            }
            InternalKnowledgeBase rules = KnowledgeBaseFactory.newKnowledgeBase(CONFIGURATION);
            rules.addPackages(builder.getKnowledgePackages());
            return new Compilation.Compiled(rules);
        });
    }

    /** A session with compiled rules, which is the caller's to dispose of. */
    static KieSession open(KieBase rules) {
        return inOwnLoader(rules::newKieSession);
    }

    private static RuleFault fault(KnowledgeBuilderError error) {
        String rule = "";
        int column = 1;
        if (error instanceof DescrBuildError build) {
            rule = build.getParentDescr() instanceof RuleDescr parent ? parent.getName() : "";
            column = build.getDescr() == null ? 1 : Math.max(0, build.getDescr().getColumn()) + 1;
        }
        int line = error.getLines().length == 0 ? 1 : Math.max(1, error.getLines()[0]);
        return new RuleFault(rule, line, column, error.getMessage());
    }

    private static <T> T inOwnLoader(Callable<T> action) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(Engine.class.getClassLoader());
        try {
            return action.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the rule engine failed", e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
