using CreditGrains.Domain.Commands;

namespace CreditGrains.Orleans.Partitions;

/// <summary>A command of a call that may not run yet.</summary>
internal readonly record struct HeldCommand(CommandItem Item, int Place)
{
    public ref readonly Command Command => ref Item.Commands[Place];
}
