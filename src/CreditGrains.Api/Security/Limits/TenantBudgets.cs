using System.Collections.Concurrent;
using CreditGrains.Api.Transport;

namespace CreditGrains.Api.Security.Limits;

/// <summary>Keeps each tenant to its limit, so that one cannot starve the others. Thread-safe; time is passed in.</summary>
public sealed class TenantBudgets
{
    private readonly ConcurrentDictionary<ushort, Budget?> budgets = new();
    private readonly Dictionary<ushort, TenantLimit> limits = [];

    /// <summary>Makes budgets, all full.</summary>
    /// <param name="limits">At most one a tenant; none: nothing is limited.</param>
    /// <exception cref="SecurityFileException">A limit is out of range, or a tenant has two.</exception>
    public TenantBudgets(IReadOnlyList<TenantLimit> limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        foreach (var limit in limits)
        {
            limit.Validate();
            if (!this.limits.TryAdd(limit.Tenant, limit)) throw new SecurityFileException("SecurityFileInvalid", $"tenant {limit.Tenant} has two limits.");
        }
    }

    /// <summary>Whether anything is limited.</summary>
    public bool IsEmpty => limits.Count == 0;

    /// <summary>Lets a call in and charges it one command.</summary>
    /// <exception cref="RpcException">ResourceExhausted: TooManyCalls or TooManyCommands.</exception>
    public void Enter(ushort tenant, long nowMicros) => Of(tenant)?.Enter(tenant, nowMicros);

    /// <summary>Charges a call that is in for more commands.</summary>
    /// <exception cref="RpcException">ResourceExhausted: TooManyCommands.</exception>
    public void Charge(ushort tenant, int commands, long nowMicros) => Of(tenant)?.Charge(tenant, commands, nowMicros);

    /// <summary>A call that was let in has ended.</summary>
    public void Leave(ushort tenant) => Of(tenant)?.Leave();

    private Budget? Of(ushort tenant) => budgets.TryGetValue(tenant, out var budget) ? budget : budgets.GetOrAdd(tenant, Make);

    private Budget? Make(ushort tenant)
    {
        var limit = limits.GetValueOrDefault(tenant) ?? limits.GetValueOrDefault((ushort)0);
        return limit is null ? null : new Budget(limit);
    }

    private sealed class Budget(TenantLimit limit)
    {
        private readonly Lock gate = new();
        private readonly TokenBucket bucket = new(limit.CommandsPerSecond, limit.Burst == 0 ? limit.CommandsPerSecond : limit.Burst);
        private int calls;

        public void Enter(ushort tenant, long nowMicros)
        {
            lock (gate)
            {
                if (limit.ConcurrentCallsMax > 0 && calls >= limit.ConcurrentCallsMax)
                    throw new RpcException(StatusCode.ResourceExhausted, $"TooManyCalls: tenant {tenant} has {calls} calls under way, as many as it may; wait for one to end.");
                Take(tenant, 1, nowMicros);
                calls++;
            }
        }

        public void Charge(ushort tenant, int commands, long nowMicros)
        {
            lock (gate) Take(tenant, commands, nowMicros);
        }

        public void Leave()
        {
            lock (gate) calls--;
        }

        private void Take(ushort tenant, int commands, long nowMicros)
        {
            var wait = bucket.Take(commands, nowMicros);
            if (wait == 0) return;
            throw new RpcException(
                StatusCode.ResourceExhausted, $"TooManyCommands: tenant {tenant} may send {limit.CommandsPerSecond} commands a second; send the same again in {(wait + 999) / 1_000} ms.");
        }
    }
}
