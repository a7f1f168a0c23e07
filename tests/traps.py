"""Traps that other software fell into, and what real servers do: for each the rule of ours, and the tests that keep it.

`tests/test_traps.py` sees to it that each of these tests is there. Names are `file::test`, below `tests/`.
"""

from __future__ import annotations

from typing import NamedTuple


class Trap(NamedTuple):
    """What went wrong elsewhere, what we do instead, and how we know."""

    trap: str
    rule: str
    tests: tuple[str, ...]


TRAPS = (
    Trap(
        "an upload's error is overwritten by success",
        "every write, the closing and the rename must be confirmed; what is not is refused, failed or in doubt",
        (
            "test_delivery.py::test_no_fault_of_writing_looks_like_success",
            "sftp/test_sftp_manners.py::test_a_full_disk_is_never_a_success",
            "sftp/test_sftp_manners.py::test_a_closing_without_an_answer_is_no_success",
            "sftp/test_sftp_protocol.py::test_each_single_write_must_be_confirmed",
            "sftp/test_sftp_protocol.py::test_a_closing_that_fails_is_a_failure",
            "sftp/test_sftp_protocol.py::test_no_exception_falls_through",
            "kit/test_breakages.py::test_a_breakage_on_the_wire_is_caught",
        ),
    ),
    Trap(
        "a remote file is opened to append, so that a retry doubles its content",
        "it is opened to be written anew, under a name of its own, and never over another file",
        (
            "sftp/test_sftp_protocol.py::test_a_file_is_opened_to_be_written_anew_and_nothing_else",
            "sftp/test_sftp_session.py::test_an_upload_empties_what_was_left_of_an_earlier_one",
            "sftp/test_sftp_session.py::test_a_target_of_another_size_is_never_replaced",
            "test_ladder.py::test_a_name_that_is_taken_is_never_written_over",
        ),
    ),
    Trap(
        "two batches share one local file, since it is opened to append",
        "each drop is a batch of its own; what is written is new, whole, and never over what is there",
        (
            "test_traps.py::test_two_files_of_one_name_are_two_batches",
            "test_traps.py::test_two_refused_files_of_one_name_are_both_given_back",
            "test_spool.py::test_what_is_published_is_whole",
            "test_handing.py::test_kill_9_hands_every_file_and_every_row_over_once",
        ),
    ),
    Trap(
        "the same batch goes to several partners",
        "a submission has one lane, and a claim is in one submission at a time",
        (
            "test_delivery.py::test_what_is_sent_is_valid_and_each_payer_gets_its_own",
            "x12/test_outbound.py::test_however_a_batch_is_split_every_partner_gets_its_claims_whole",
            "test_moving.py::test_what_is_in_doubt_never_goes_the_other_way",
            "store/test_law.py::test_a_submissions_event_moves_exactly_its_own_claims",
        ),
    ),
    Trap(
        "an 835 that does not add up is made to",
        "nothing of it is posted, and the difference is named by its level",
        (
            "test_answers.py::test_an_unbalanced_remittance_posts_nothing",
            "test_remittance.py::test_an_unbalanced_line_is_named_by_its_difference",
            "test_remittance.py::test_an_unbalanced_claim_is_named_by_its_equation",
            "test_money.py::test_each_side_is_used_once_and_nothing_is_invented",
        ),
    ),
    Trap(
        "IK5, AK9 or TA1 `E` is taken for a rejection, and all is sent again",
        "E accepts, with errors noted; nothing is sent again",
        (
            "test_traps.py::test_accepted_with_errors_is_never_sent_again",
            "test_matching.py::test_accepted_with_errors_is_accepted_and_names_the_claims_to_watch",
        ),
    ),
    Trap(
        "277CA categories are invented, and claims looked up by a segment that a 277CA does not have",
        "A0 and A1 are receipts, A2 accepts, A3, A6, A7 and A8 reject; claims by REF*D9, else by TRN02 of 2200D",
        (
            "test_matching.py::test_a_category_has_a_class_unless_the_action_says_the_opposite",
            "test_matching.py::test_a_report_speaks_of_attempts_by_our_trace",
            "test_matching.py::test_without_a_trace_batch_number_and_charge_name_the_attempt",
            "x12/test_answers_status.py::test_every_level_says_its_own",
        ),
    ),
    Trap(
        "CLP05, the patient's share, is posted as the payment, and reversals are passed over",
        "CLP04 is what was paid, and CLP02 22 takes it back",
        (
            "test_traps.py::test_what_the_patient_owes_is_never_posted_as_paid",
            "test_answers.py::test_a_reversal_and_its_correction_are_summed",
            "test_remittance.py::test_a_reversal_and_its_correction_balance_together",
            "test_money.py::test_what_was_posted_is_paid_to_the_cent",
        ),
    ),
    Trap(
        "what a file is gets guessed from its name, in which a number may well hold 835 or 999",
        "what is in it tells, and the name never",
        (
            "test_mail.py::test_what_a_file_is_called_never_says_what_it_is",
            "x12/test_answers.py::test_what_is_no_x12_comes_as_a_note",
            "x12/test_answers.py::test_one_document_may_hold_several_interchanges_and_kinds",
        ),
    ),
    Trap(
        "EDI is cut at line breaks",
        "delimiters are those of the ISA",
        (
            "x12/test_syntax.py::test_the_delimiters_are_what_stands_in_the_fixed_positions",
            "x12/test_syntax.py::test_every_wrapping_has_the_same_segments",
            "x12/test_syntax.py::test_each_interchange_has_delimiters_of_its_own",
        ),
    ),
    Trap(
        "a remote file is deleted before what it held is committed",
        "removal is the last step, only where it is declared, and may be found done",
        (
            "test_mailbox.py::test_what_is_committed_and_read_is_removed_and_what_is_not_stays",
            "test_mailbox.py::test_what_changed_since_it_was_committed_is_not_removed",
            "test_mailbox_kill.py::test_kill_9_loses_nothing_and_removes_nothing_too_early",
            "crash/test_kill.py::test_a_gateway_that_breaks_a_rule_is_caught",
        ),
    ),
    Trap(
        "maps of 4010 are used for 5010",
        "GS08 and ST03 tell the edition; a claim of one that the partner does not take is held, an answer of one that we do"
        " not read is kept and posts nothing",
        (
            "test_traps.py::test_a_remittance_of_another_edition_posts_nothing",
            "test_traps.py::test_a_guide_that_the_partner_does_not_take_holds_the_claim",
            "x12/test_answers.py::test_what_is_no_answer_comes_as_a_note",
            "replies/test_refusal.py::test_an_unknown_guide_is_refused_for_group_and_set",
        ),
    ),
    Trap(
        "credentials stand in a README, an issue, the code",
        "no file of ours and no setting holds a secret; one that does is refused, and the kit finds it",
        (
            "test_traps.py::test_no_file_of_the_project_holds_a_secret",
            "config/test_secrets.py::test_secrets_are_refused_in_every_file",
            "config/test_secrets.py::test_a_secret_in_a_declaration_stops_its_plugin",
            "kit/test_breakages.py::test_a_breakage_in_a_declaration_is_caught",
        ),
    ),
    Trap(
        "host keys are not verified, or whatever is presented is added",
        "there is no switch for that; without a pinned key nothing is dialled",
        (
            "test_traps.py::test_nothing_turns_the_verification_of_host_keys_off",
            "sftp/test_sftp_session.py::test_another_host_key_is_refused_before_any_login",
            "sftp/test_sftp_session.py::test_without_a_pinned_key_nothing_is_dialled",
            "sftp/test_sftp_manners.py::test_a_host_that_changed_its_key_learns_no_password",
            "kit/test_breakages.py::test_a_breakage_on_the_wire_is_caught",
        ),
    ),
    Trap(
        "what was in progress when somebody crashed stays so, or is sent again",
        "at start it is in doubt, which evidence ends; one process holds a site, by a lock that dies with it",
        (
            "crash/test_kill.py::test_kill_9_loses_nothing_and_doubles_nothing",
            "test_planner.py::test_what_is_being_transmitted_is_not_sent_a_second_time",
            "test_ladder.py::test_a_person_hears_of_doubt_once_when_the_acknowledgment_is_overdue",
            "cli/test_service.py::test_only_one_process_has_a_site_open",
        ),
    ),
    Trap(
        "frequency 7 goes for a claim that the payer never adjudicated",
        "7 and 8 go only for a claim that the payer filed",
        (
            "test_traps.py::test_a_claim_that_the_payer_never_filed_cannot_be_replaced",
            "test_safety.py::test_a_replacement_of_a_sent_claim_goes",
        ),
    ),
)

HABITS = (
    Trap(
        "the server moves a file when it is closed, so that a stat says it is not there",
        "`verify`, `endpoint.sweeps`",
        (
            "test_delivery.py::test_a_server_that_takes_files_away_at_once_is_believed_if_declared",
            "sftp/test_sftp_manners.py::test_a_server_may_take_the_file_the_moment_it_is_closed",
        ),
    ),
    Trap(
        "writing succeeds, and nothing arrives",
        "`verify`, and answers that are overdue",
        (
            "test_ladder.py::test_what_was_seen_is_kept_and_nothing_else",
            "test_silence.py::test_what_is_late_is_told_once_a_step_until_it_comes",
        ),
    ),
    Trap(
        "a stat tells no size",
        "it is seen as `unverified`",
        (
            "sftp/test_sftp_manners.py::test_an_unknown_size_is_known_to_be_unknown",
            "test_mailbox_servers.py::test_where_no_size_and_no_time_is_told_a_name_is_looked_at_once_a_day",
        ),
    ),
    Trap(
        "chmod, utime and mkdir are refused or do harm",
        "none of them is ever asked for",
        ("sftp/test_sftp_manners.py::test_nothing_is_asked_of_a_server_that_it_may_refuse",),
    ),
    Trap(
        "no rename in the drop folder, temporary names are picked up, one extension alone is looked at",
        "`write`, `staging`, `temporary_suffix`, `filename`",
        (
            "test_ladder.py::test_a_staged_file_is_written_aside_and_then_moved",
            "sftp/test_sftp_manners.py::test_a_refused_rename_is_a_persons_turn_and_no_doubt",
            "kit/test_shipped.py::test_a_shipped_payer_passes_the_kit",
        ),
    ),
    Trap(
        "a file is renamed on arrival and moved only after logging out",
        "`wire.commit_on_logout`, `wire.settle_minutes`",
        (
            "test_ladder.py::test_what_counts_only_after_logging_out_is_looked_at_in_a_new_session",
            "test_ladder.py::test_what_is_not_there_after_logging_out_is_in_doubt",
        ),
    ),
    Trap(
        "a mark of success or failure is laid down in the folder we write to",
        "`receipts`; our names must not look like one",
        (
            "test_ladder.py::test_a_mark_of_arrival_ends_doubt",
            "test_ladder.py::test_a_mark_of_failure_waits_for_a_person_with_the_claims_safe",
            "config/test_contradictions.py::test_a_contradiction_is_told_with_its_place_and_what_is_right",
        ),
    ),
    Trap(
        "limits of packets, sessions and idle time",
        "`wire.packet_size`, `wire.one_session`; no session waits while nothing is to do",
        (
            "test_wire.py::test_no_write_is_larger_than_the_server_takes",
            "test_lanes.py::test_two_lanes_hold_one_session_at_a_time_of_one_user_or_where_the_partner_allows_only_one",
        ),
    ),
    Trap(
        "PGP or zip is wanted, and the extension shows it",
        "`wraps`, `options`",
        (
            "test_composing.py::test_a_zipped_file_holds_the_interchange",
            "test_composing.py::test_an_encrypted_file_is_opened_by_the_partner_alone",
            "vault/test_credentials.py::test_an_openpgp_key_of_ours_signs_what_we_send_and_opens_what_comes",
        ),
    ),
    Trap(
        "names with a number of the day, letters, no year, fifty characters",
        "`filename`, `counter`, `names`; out of names it waits for tomorrow and says so",
        (
            "test_composing.py::test_names_count_from_one_each_day_and_what_finds_none_waits_for_the_next",
            "test_composing.py::test_a_name_without_a_year_comes_again_after_a_year",
            "test_naming.py::test_a_counter_counts_as_people_do",
            "test_naming.py::test_names_are_in_the_letters_that_the_partner_wants",
        ),
    ),
    Trap(
        "the ISA must be exactly as agreed, and its number is never used again",
        "the account's ids; numbers are for ever, also after a restore",
        (
            "x12/test_outbound.py::test_the_envelope_says_test_or_production_and_whether_a_ta1_is_wanted",
            "test_restore.py::test_a_site_restored_twice_starts_new_counters_higher_each_time",
            "test_safety.py::test_a_renamed_partner_goes_on_with_its_numbers",
        ),
    ),
    Trap(
        "one ST for each billing provider, so many claims in a set, no line breaks",
        "`set_by`, `claims_per_set`, `sets_per_file`, `line_break`",
        (
            "test_composing.py::test_every_billing_provider_has_a_set_of_its_own",
            "test_composing.py::test_a_file_has_as_many_sets_as_the_partner_takes",
            "test_amendments.py::test_every_segment_ends_as_the_partner_wants",
        ),
    ),
    Trap(
        "a file of more than 100 MB is refused",
        "`largest_file`: claims go in as many files as they need; one that is too large by itself is held",
        (
            "test_composing.py::test_no_file_is_larger_than_the_partner_takes",
            "test_composing.py::test_a_file_that_a_plugin_makes_too_large_is_not_sent",
        ),
    ),
    Trap(
        "test and production are told apart by ISA15, a name, a folder or a submitter",
        "`stages`; where they disagree nothing starts",
        (
            "config/test_switches.py::test_switches_that_disagree_stop_the_start",
            "test_bad_input.py::test_a_test_interchange_never_reaches_production",
        ),
    ),
    Trap(
        "fetching removes a file, or another program fetches it first",
        "`mailbox.reading_removes`; numbers that never came are told",
        (
            "test_mailbox_servers.py::test_where_reading_removes_a_file_it_is_committed_before_the_server_knows_that_it_was_read",
            "test_mailbox.py::test_a_number_that_never_came_is_told_once_and_closed_when_it_comes",
            "test_mailbox.py::test_a_mailbox_that_held_files_for_weeks_and_is_empty_is_told",
        ),
    ),
    Trap(
        "files are listed for weeks, or purged after some days",
        "what was fetched is known by place, size, time and bytes; `mailbox.discard`, `retention_days`",
        (
            "test_mailbox.py::test_ten_thousand_old_files_cost_one_question",
            "test_mailbox.py::test_other_bytes_under_a_known_name_are_another_file_and_the_same_bytes_are_known",
            "test_mailbox.py::test_a_lane_that_is_down_tells_when_half_the_partners_retention_is_over",
        ),
    ),
    Trap(
        "letters, reports and two forms of one remittance, zipped, lie beside the answers",
        "mail is kept and shown; archives are unpacked within limits; a remittance posts once",
        (
            "test_mail.py::test_mail_is_read_and_done_with",
            "test_mailbox.py::test_what_is_zipped_is_read_and_a_bad_archive_stops_no_other",
            "vault/test_archives.py::test_bombs_go_off_early",
            "vault/test_archives.py::test_names_are_data",
            "test_money.py::test_every_order_and_repetition_of_remittances_ends_alike",
        ),
    ),
    Trap(
        "only bad news comes, also about files of another door",
        "`expects`; what is not ours is filed and moves nothing",
        (
            "test_silence.py::test_who_sends_only_bad_news_is_not_late",
            "test_answers.py::test_answers_that_are_not_ours_are_kept_and_move_nothing",
        ),
    ),
    Trap(
        "answers must be switched on by a call",
        "`setup`; what a partner never sent is shown",
        (
            "test_mailbox.py::test_what_a_partner_never_sent_is_shown",
            "test_silence.py::test_what_never_came_from_a_partner_is_told_once_for_its_lane",
        ),
    ),
    Trap(
        "a clearinghouse and the payer both send a 277CA, and only the payer's is proof",
        "who says it is kept",
        (
            "test_silence.py::test_the_payers_own_word_is_awaited_after_the_clearinghouses",
            "test_proof.py::test_a_999_alone_is_no_proof",
        ),
    ),
    Trap(
        "it is open all day and works in business hours, with cutoffs and holidays",
        "`business`, `windows`, `maintenance`, `outages`",
        (
            "test_calendar.py::test_business_time_runs_on_working_days_alone",
            "test_calendar.py::test_maintenance_and_an_announced_outage_close_what_a_window_opens",
            "kit/test_kit.py::test_the_hours_of_a_declaration_are_tried",
        ),
    ),
    Trap(
        "a server is away for hours, now and then",
        "a breaker for each lane, and no incident for the first hours",
        ("test_lanes.py::test_an_outage_is_told_when_it_begins_when_it_lasts_and_when_it_is_over",),
    ),
    Trap(
        "too many rejects send you back to testing",
        "`brake.rejected`",
        ("test_lanes.py::test_when_too_much_was_refused_of_late_a_person_is_asked_before_more_goes",),
    ),
    Trap(
        "passwords expire, host keys change on announced days, old algorithms are needed for a while",
        "`wire.password_days`, `next_host_keys`, `wire.legacy`; each is a deadline",
        (
            "deadlines/test_accounts.py::test_a_password_and_old_algorithms_have_a_last_day",
            "test_wire.py::test_old_algorithms_are_spoken_where_they_are_declared_and_until_their_day",
            "deadlines/test_accounts.py::test_an_announced_host_key_has_its_day_until_it_is_pinned",
            "test_rotating.py::test_a_lane_goes_on_through_the_night_in_which_the_announced_key_comes",
            "partnership/test_prints.py::test_a_fingerprint_is_known_however_it_is_written",
        ),
    ),
    Trap(
        "a gateway is reached through a network vendor or a VPN alone",
        "`wire.from_networks`; the doctor tells where we would come from",
        ("test_wire.py::test_the_doctor_tells_who_would_come_from_the_wrong_network",),
    ),
    Trap(
        "repeated bad logins lock the account",
        "one try, then the lanes of that user wait for a person",
        (
            "test_lanes.py::test_a_refused_login_is_tried_once_by_all_lanes_of_its_user_over_every_restart",
            "sftp/test_sftp_manners.py::test_a_wrong_password_is_sent_once",
        ),
    ),
    Trap(
        "a clearinghouse is gone for weeks",
        "routes in reserve, with the agreements that they need",
        (
            "test_moving.py::test_what_waits_goes_the_other_way_and_the_answers_of_the_old_way_still_land",
            "test_moving.py::test_claims_whose_filing_limit_falls_into_the_outage_are_counted",
        ),
    ),
)
