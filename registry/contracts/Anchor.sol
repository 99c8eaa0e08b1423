// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Heads of logs, written where their keepers cannot take them back.
/// @notice Keeps the newest head of each log alone; all earlier ones are in the events. A head says nothing by itself:
/// whoever reads one holds it against the log, and against what the members confirmed after a replay of their own.
contract Anchor {
    struct Log {
        uint64 size;
        /// Slots that voted on the newest head, one bit each; bit 0 is slot 1.
        uint64 voted;
        /// Block of the newest forced record.
        uint48 forcedAt;
        uint32 window;
        uint8 k;
        uint8 freezeAt;
        uint8 count;
        uint8 conflicts;
        bool frozen;
        bytes32 root;
    }

    uint256 private constant MOST_RECORD = 4096;
    uint256 private constant FORCED_BLOCKS = 100;
    uint8 private constant MOST_SLOTS = 64;

    address public admin;
    address public offered;
    mapping(bytes32 log => Log) private logs;
    /// A seat is a slot of 1 to 64: whoever takes a seat over has its vote, and not another one.
    mapping(bytes32 log => mapping(address member => uint8 slot)) public slotOf;

    event LogRegistered(bytes32 indexed log, bytes32 originHash, bytes32 keyHash, uint8 k, uint8 freezeAt, uint32 window);
    event MemberSet(bytes32 indexed log, address indexed member, uint8 slot);
    event Anchored(
        bytes32 indexed log, uint64 indexed size, bytes32 root, uint64 prevSize, bytes32 prevRoot, address by
    );
    event Confirmed(bytes32 indexed log, uint64 indexed size, bytes32 root, address by, uint8 count);
    event Final(bytes32 indexed log, uint64 indexed size, bytes32 root);
    event Conflict(bytes32 indexed log, uint64 indexed size, bytes32 anchored, bytes32 claimed, address by);
    event Frozen(bytes32 indexed log, uint64 size);
    event Unfrozen(bytes32 indexed log, bytes32 indexed reason);
    event ForcedRecord(bytes32 indexed log, bytes32 indexed recordHash, uint64 deadline, bytes record);

    error NotAllowed();
    error NotGrowing();
    error LogFrozen();
    error NotHead();
    error AlreadyVoted();
    error TooSoon();
    error TooLarge();
    error Exists();

    modifier onlyAdmin() {
        if (msg.sender != admin) revert NotAllowed();
        _;
    }

    constructor(address first) {
        admin = first;
    }

    /// @param k Confirmations by members that make a head final.
    /// @param freezeAt Contradictions of members that stop the log here.
    /// @param window Seconds that a log has to take a forced record in.
    function registerLog(bytes32 log, bytes32 originHash, bytes32 keyHash, uint8 k, uint8 freezeAt, uint32 window)
        external
        onlyAdmin
    {
        Log storage it = logs[log];
        if (it.k != 0) revert Exists();
        if (k == 0 || k > MOST_SLOTS || freezeAt == 0 || window == 0) revert NotAllowed();
        (it.k, it.freezeAt, it.window) = (k, freezeAt, window);
        emit LogRegistered(log, originHash, keyHash, k, freezeAt, window);
    }

    /// @param slot Seat of the member; 0 takes it away.
    function setMember(bytes32 log, address member, uint8 slot) external onlyAdmin {
        if (slot > MOST_SLOTS || logs[log].k == 0) revert NotAllowed();
        slotOf[log][member] = slot;
        emit MemberSet(log, member, slot);
    }

    /// @dev The votes on the head that was disputed are void: its members vote anew, or the log grows over it.
    function unfreeze(bytes32 log, bytes32 reason) external onlyAdmin {
        Log storage it = logs[log];
        if (!it.frozen) revert NotAllowed();
        (it.frozen, it.voted, it.count, it.conflicts) = (false, 0, 0, 0);
        emit Unfrozen(log, reason);
    }

    /// @notice In two steps, so that it cannot be given to nobody.
    function offerAdmin(address next) external onlyAdmin {
        offered = next;
    }

    function acceptAdmin() external {
        if (msg.sender != offered) revert NotAllowed();
        (admin, offered) = (msg.sender, address(0));
    }

    function anchor(bytes32 log, uint64 size, bytes32 root) external {
        if (slotOf[log][msg.sender] == 0) revert NotAllowed();
        Log storage it = logs[log];
        if (it.frozen) revert LogFrozen();
        if (size <= it.size) revert NotGrowing();
        emit Anchored(log, size, root, it.size, it.root, msg.sender);
        (it.size, it.root, it.voted, it.count, it.conflicts) = (size, root, 0, 0, 0);
    }

    /// @notice Says which root the member reckoned for the newest head, whatever stands here.
    function confirm(bytes32 log, uint64 size, bytes32 root) external {
        uint8 slot = slotOf[log][msg.sender];
        if (slot == 0) revert NotAllowed();
        Log storage it = logs[log];
        if (it.frozen) revert LogFrozen();
        if (size == 0 || size != it.size) revert NotHead();
        uint64 bit = uint64(1) << (slot - 1);
        if (it.voted & bit != 0) revert AlreadyVoted();
        it.voted |= bit;
        if (root == it.root) _agree(log, it);
        else _contradict(log, it, root);
    }

    function _agree(bytes32 log, Log storage it) private {
        uint8 count = ++it.count;
        emit Confirmed(log, it.size, it.root, msg.sender, count);
        if (count == it.k) emit Final(log, it.size, it.root);
    }

    function _contradict(bytes32 log, Log storage it, bytes32 claimed) private {
        emit Conflict(log, it.size, it.root, claimed, msg.sender);
        if (++it.conflicts < it.freezeAt) return;
        it.frozen = true;
        emit Frozen(log, it.size);
    }

    /// @notice Puts a record where the log cannot say it never saw it. Anybody may; the pace is bounded for each log.
    function forceRecord(bytes32 log, bytes calldata record) external {
        Log storage it = logs[log];
        if (it.k == 0) revert NotAllowed();
        if (record.length > MOST_RECORD) revert TooLarge();
        if (it.forcedAt != 0 && block.number < it.forcedAt + FORCED_BLOCKS) revert TooSoon();
        it.forcedAt = uint48(block.number);
        emit ForcedRecord(log, sha256(record), uint64(block.timestamp) + it.window, record);
    }

    /// @return size Entries under the newest head; 0 before the first.
    /// @return root Its root.
    /// @return count Members that confirmed it.
    /// @return frozen Whether it takes no more heads.
    function head(bytes32 log) external view returns (uint64 size, bytes32 root, uint8 count, bool frozen) {
        Log storage it = logs[log];
        return (it.size, it.root, it.count, it.frozen);
    }

    /// @notice Whether a member's seat has voted on the newest head.
    function hasVoted(bytes32 log, address member) external view returns (bool) {
        uint8 slot = slotOf[log][member];
        return slot != 0 && logs[log].voted & (uint64(1) << (slot - 1)) != 0;
    }
}
