namespace CreditGrains.Orleans.Nodes;

/// <summary>What hosts a shared node: its timers and its end.</summary>
internal interface INodeShell
{
    /// <summary>Calls <see cref="NodeHost.RemindAsync"/> every two seconds from now on, or no more: most of many nodes rest.</summary>
    void Watch(bool isOn);

    /// <summary>Wakes the node by <see cref="NodeHost.WakeAsync"/> every minute from now on, also when it has left memory, or no more.</summary>
    Task KeepAwakeAsync(bool isOn);

    /// <summary>Ends this activation; the next call begins another from what is stored.</summary>
    /// <param name="cause">What could not be stored, or was refused.</param>
    void Leave(Exception cause);
}
