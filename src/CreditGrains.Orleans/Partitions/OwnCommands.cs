using CreditGrains.Domain.Commands;

namespace CreditGrains.Orleans.Partitions;

/// <summary>Numbers a partition's own commands: a session of its activation, which no caller can name.</summary>
/// <param name="partition">The partition.</param>
/// <param name="epoch">Its epoch.</param>
internal sealed class OwnCommands(int partition, long epoch)
{
    private readonly ulong session = Engine.Tables.RowIndex.Mix(unchecked(((ulong)partition << 40) ^ (ulong)epoch ^ 0x4352_4544_4954_4752UL)) >> 4;
    private long place;

    /// <summary>The next command.</summary>
    public Command Next(ControlCommand control) => Command.Of(Domain.Requests.RequestId.ForSession(session, ++place), control);
}
