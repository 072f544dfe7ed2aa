"""What OTP promises of supervisors, shown on `Supervisor`.

Each case of OTP's own `supervisor_SUITE`, by its name there, and where it is shown here.

`test_start`: sup_start_normal, sup_start_ignore_child, sup_start_ignore_temporary_child (and its
variants), sup_start_error_return, sup_start_fail, sup_start_child_returns_error (also _simple),
sup_start_restart_child_returns_error, faulty_application_shutdown. There is no `ignore`: the actor
that stops in its start stands for it.

`test_restart_types`: permanent_, transient_, temporary_ x normal, shutdown, abnormal;
do_not_save_child_specs_for_temporary_children.

`test_intensity`: multiple_restarts, one_for_one_escalation, one_for_all_escalation,
rest_for_one_escalation, and what each of one_for_one, one_for_all and rest_for_one says of the
frequency of restarts. Of Elixir: a child that triggers max_restarts, also by trying again.

`test_scopes`: one_for_one, one_for_all, rest_for_one, order_of_children, temporary_bystander,
one_for_all_ and rest_for_one_other_child_fails_restart, hanging_restart_loop_rest_for_one.

`test_shutdown`: sup_stop_infinity, sup_stop_timeout, sup_stop_brutal_kill, child_unlink (a child
that does not end keeps nobody waiting), hanging_restart_loop (the stop of the supervisor).
Of Elixir: terminate with all kinds of time-outs, and mixed. `test_deadlines` has what OTP has not.

`test_children`: child_adm, extra_return (its refusals), hanging_restart_loop (its refusals),
sup_start_map (the defaults). Of Elixir: terminate_child, also of a child that restarts.

`test_dynamic`: simple_one_for_one, simple_one_for_one_shutdown, simple_one_for_one_escalation,
hanging_restart_loop_simple, count_children, count_children_supervisor, count_restarting_children,
simple_one_for_one_scale_many_temporary_children and
do_not_save_start_parameters_for_temporary_children (nothing is left of them). Of Elixir:
max_children, also of children that restart or start.

`test_tree`: tree, simple_global_supervisor.

`tests.actors.test_spec` and `tests.actors.test_supervisor`: child_specs, sup_flags,
sup_start_map_faulty_specs.

Not shown, for there is nothing to show it on:

- sup_start_ignore_init, extra_return and simple_one_for_one_extra: a start gives a cell, and
  nothing else
- sup_start_map_simple, child_adm_simple: there is no template of children; a supervisor with
  dynamic children has ids and serves all requests
- code_change and its variants, get_callback_module: code is not changed while it runs
- the cases of auto_shutdown and significant children: there is neither
- scale_start_stop_many_children: a measurement, which `benchmarks/actors.py` makes
- of Elixir: extra_arguments, spawn options and registration of supervisors outside a supervisor
"""
