using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine;

namespace CreditGrains.Server.Demo;

/// <summary>
/// Seeds the demo book. Its commands are the places of one session, so seeding again repeats them and changes nothing.
/// </summary>
internal static class DemoPortfolio
{
    /// <summary>The session; another book must take another.</summary>
    internal const ulong Session = 0xDE_3000_0000_0001;

    /// <exception cref="StartException">DemoRefused: the directory holds another book under the demo's keys, or the engine cannot decide now.</exception>
    public static Task SeedAsync(ICreditEngine engine) => SeedAsync(engine, Session, DemoBook.Commands());

    /// <summary>Seeds the larger book that traffic acts on.</summary>
    /// <exception cref="StartException">As for the demo portfolio.</exception>
    public static Task SeedTownAsync(ICreditEngine engine) => SeedAsync(engine, DemoTown.Session, DemoTown.Commands());

    private static async Task SeedAsync(ICreditEngine engine, ulong session, IReadOnlyList<ControlCommand> controls)
    {
        var commands = new Command[controls.Count];
        for (var i = 0; i < commands.Length; i++) commands[i] = Command.Of(RequestId.ForSession(session, i + 1), controls[i]);
        var outcomes = new Outcome[commands.Length];
        await engine.ExecuteAsync(commands, outcomes);
        for (var i = 0; i < outcomes.Length; i++)
        {
            if (outcomes[i].Kind == OutcomeKind.Posted || outcomes[i].Reason == Reason.OutcomeArchived) continue;
            throw StartException.DemoRefused($"{controls[i].Kind} of {controls[i].Key}", outcomes[i]);
        }
    }
}
