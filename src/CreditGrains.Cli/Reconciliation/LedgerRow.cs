using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;

namespace CreditGrains.Cli.Reconciliation;

/// <summary>One account as the core ledger has it, minor units. A negative principal is money owed to the customer.</summary>
/// <param name="Row">Row of the file, from 1, without the header.</param>
/// <param name="Facility">The account.</param>
/// <param name="Currency">Its currency.</param>
/// <param name="Principal">Drawn and not repaid.</param>
/// <param name="Interest">Charged and not repaid.</param>
/// <param name="Fees">Charged and not repaid.</param>
internal sealed record LedgerRow(long Row, NodeKey Facility, Currency Currency, long Principal, long Interest, long Fees);
